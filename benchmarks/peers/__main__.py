"""Compare retrieval with the peers: python -m benchmarks.peers [--help]; see the package."""

import argparse
import json
import os
import platform
import shlex
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.question_sets import DATA

QUESTIONS = DATA / "test.jsonl"
BUILTIN = "builtin"
PACKAGES = (
    "hospital-qa",
    "txtai",
    "llama-index-core",
    "llama-index-embeddings-huggingface",
    "llama-index-retrievers-bm25",
    "haystack-ai",
    "sentence-transformers-haystack",
    "sentence-transformers",
    "transformers",
    "torch",
    "onnxruntime",
    "faiss-cpu",
    "bm25s",
    "numpy",
)


def main() -> None:
    arguments = _arguments()
    _limit_threads(arguments.threads)
    # What these import reads the variables that have just been set.
    from benchmarks.peers.compare import Comparison, compare
    from qa.errors import HospitalQAError

    report = [
        "# Retrieval beside txtai, LlamaIndex and Haystack",
        f"`{shlex.join(['python', '-m', 'benchmarks.peers', *sys.argv[1:]])}`",
        (
            f"{platform.platform()}, Python {platform.python_version()}; "
            f"threads of each system: {arguments.threads}"
        ),
        ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
        "How each is set up, and what is not the same for all, is told in `benchmarks/peers`.",
    ]
    print("\n\n".join(report[1:-1]), flush=True)
    comparisons: list[Comparison] = []
    for corpus, questions in arguments.sets:
        try:
            comparison = compare(corpus, questions, arguments.threads)
        except (HospitalQAError, ModuleNotFoundError, ValueError) as error:
            sys.exit(f"{error}\n(the packages needed are in benchmarks/peers/requirements.txt)")
        comparisons.append(comparison)
        section = f"## {comparison.title}\n\n{comparison.sizes}\n\n{comparison.table}"
        report.append(section)
        print(f"\n{section}", flush=True)
    if arguments.markdown:
        arguments.markdown.write_text("\n\n".join(report) + "\n", encoding="utf-8")
    if arguments.json:
        content: dict[str, Any] = {
            "command": ["python", "-m", "benchmarks.peers", *sys.argv[1:]],
            "platform": platform.platform(),
            "python": platform.python_version(),
            "threads": arguments.threads,
            "versions": {name: _version(name) for name in PACKAGES},
            "comparisons": [comparison.to_dict() for comparison in comparisons],
        }
        text = json.dumps(content, ensure_ascii=False, indent=2)
        arguments.json.write_text(text + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument(
        "--corpus",
        action="append",
        default=[],
        help=f"folder of documents, or {BUILTIN!r}, which is the default; may be given again",
    )
    parser.add_argument(
        "--questions",
        action="append",
        nargs="+",
        default=[],
        type=Path,
        metavar="FILE",
        help="files of questions for the corpus at the same place; default: tests/data/test.jsonl",
    )
    parser.add_argument("--threads", type=int, default=1, help="threads of each system; default: 1")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the report there")
    arguments = parser.parse_args()
    corpora = [None if name == BUILTIN else Path(name) for name in arguments.corpus or [BUILTIN]]
    questions = arguments.questions or [[QUESTIONS]] * len(corpora)
    if len(corpora) != len(questions):
        parser.error(f"{len(corpora)} of --corpus, but {len(questions)} of --questions")
    if arguments.threads < 1:
        parser.error(f"--threads must be 1 or more, not {arguments.threads}")
    arguments.sets = list(zip(corpora, questions, strict=True))
    return arguments


def _limit_threads(threads: int) -> None:
    """Give every library as many threads, and keep all of them off the network."""
    for library in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "RAYON"):
        os.environ[f"{library}_NUM_THREADS"] = str(threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


if __name__ == "__main__":
    main()
