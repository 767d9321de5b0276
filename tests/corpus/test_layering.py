"""Imports point one way: below qa, no room knows another, nor more of qa than its errors."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {"corpus": {"embeddings", "app"}, "embeddings": {"corpus", "app"}}


def imported(path: Path) -> set[str]:
    """All modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(str(node.module))
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("room", ["corpus", "embeddings"])
def test_rooms_below_import_only_the_errors_of_qa(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        names = imported(path)
        assert not {name.partition(".")[0] for name in names} & FORBIDDEN[room], path
        from_qa = {name for name in names if name.partition(".")[0] == "qa"}
        assert all(name.startswith("qa.errors") for name in from_qa), path


def test_errors_import_nothing() -> None:
    assert imported(ROOT / "qa" / "errors.py") == set()


@pytest.mark.parametrize("module", ["corpus.read", "corpus.names", "corpus.split"])
def test_reading_needs_no_heavy_module(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "heavy = {'numpy', 'faiss', 'torch', 'gradio', 'onnxruntime', 'embeddings'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert result.stdout == "[]\n"
