"""The house rules that a machine can check."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "corpus": {"corpus", "qa.errors"},
    "embeddings": {"embeddings", "qa.errors"},
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("room", ALLOWED)
def test_lower_rooms_do_not_import_upper_ones(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        for module in imports(path):
            if module.split(".")[0] in {"corpus", "embeddings", "qa", "app", "benchmarks"}:
                allowed = module.split(".")[0] in ALLOWED[room] or module in ALLOWED[room]
                assert allowed, f"{path.name} imports {module}"


def test_faces_hold_no_retrieval() -> None:
    for path in (ROOT / "qa" / "web").rglob("*.py"):
        assert not any(module.startswith("embeddings") for module in imports(path)), path


def test_the_errors_module_imports_nothing() -> None:
    assert imports(ROOT / "qa" / "errors.py") == set()


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_linters_and_types_are_clean(command: tuple[str, ...]) -> None:
    if importlib.util.find_spec(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
