"""What a question in the terminal must not wait for, when its index is current."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import qa
from qa.engine import Engine
from tests.qa.questions import BEDS

ROOT = Path(qa.__file__).parents[1]
ROOMS = {"corpus", "embeddings", "qa"}
NOT_NEEDED = {
    "asyncio",
    "email",
    "filelock",
    "gradio",
    "importlib.metadata",
    "numpy.ma",
    "opencc",
    "pandas",
    "pydantic",
    "pydantic_settings",
    "rapidfuzz",
    "rich",
    "sentence_transformers",
    "tokenizers",
    "torch",
    "yaml",
}


@pytest.fixture(scope="module")
def settled(folder: Path) -> Path:
    """The folder with files of long ago: what has just been written is read again."""
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    return folder


@pytest.fixture(scope="module")
def imported(settled: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the modules that the command imports where nothing is set and all is in the cache."""
    home = tmp_path_factory.mktemp("home")
    (home / "hospital-qa").symlink_to(cache)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HOSPITALQA_")}
    environment |= {"XDG_CACHE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    index = home / "index"
    Engine.open(settled, index_dir=index)
    code = (
        "import sys; from qa.cli import app; "
        "app(sys.argv[1:], standalone_mode=False); "
        "print(*sys.modules, file=sys.stderr)"
    )
    arguments = ("ask", str(BEDS["question"]), "--corpus", str(settled), "--index-dir", str(index))
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=home,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "620" in done.stdout
    return set(done.stderr.split())


def test_a_question_imports_only_what_it_needs(imported: set[str]) -> None:
    assert {"faiss", "onnxruntime", "qa.answer"} <= imported
    assert sorted(NOT_NEEDED & imported) == []


def test_no_pattern_is_compiled_before_it_is_used(imported: set[str]) -> None:
    ours = sorted(name for name in imported if name.partition(".")[0] in ROOMS)
    assert "qa.intent" in ours
    assert not {name: lines for name in ours if (lines := compiled_at_once(name))}


def compiled_at_once(module: str) -> list[int]:
    """Return the lines outside of functions where a module calls `re.compile`."""
    path = ROOT / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    lines = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            lines.append(node.lineno)
        waiting.extend(ast.iter_child_nodes(node))
    return lines


def test_no_dictionary_is_read_whole_for_a_question(settled: Path, cache: Path) -> None:
    """jieba's own takes a second; a question of a hospital needs none, nor one of any place."""
    code = (
        "import jieba, sys\nfrom qa.engine import Engine\n"
        "engine = Engine.open(sys.argv[1], index_dir=sys.argv[2])\n"
        f"engine.ask({BEDS['question']!r})\nengine.ask('全市有多少人')\n"
        "assert not jieba.dt.initialized\n"
    )
    index = cache / "whole-dictionary"
    Engine.open(settled, index_dir=index)
    subprocess.run([sys.executable, "-c", code, settled, index], check=True, cwd=ROOT)
