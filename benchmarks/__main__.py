"""Run the benchmarks: python -m benchmarks [NAME ...]; `load` takes options, see its module."""

import platform
import sys
from collections.abc import Callable
from importlib.metadata import version

from benchmarks import answer_time, cold_start, indexing, load

BENCHMARKS: dict[str, Callable[[], None]] = {
    "cold_start": cold_start.main,
    "answer_time": answer_time.main,
    "indexing": indexing.main,
    "load": load.main,
}
PACKAGES = ("hospital-qa", "onnxruntime", "faiss-cpu", "tokenizers", "jieba", "numpy")


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["load"]:  # the only one with options
        arguments = ["load"]
    names = arguments or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    print(f"{platform.platform()}, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    for name in names:
        print(f"\n== {name}", flush=True)
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
