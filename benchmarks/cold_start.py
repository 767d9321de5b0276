"""A question in the terminal with a warm cache, against importing the libraries that it needs."""

import statistics
import subprocess
import sys
import time

RUNS = 9
LIBRARIES = "import numpy, onnxruntime, faiss, jieba; jieba.initialize()"
QUESTION = "汝州一院有多少党员?"


def main() -> None:
    commands = {
        "libraries": [sys.executable, "-c", LIBRARIES],
        "ask": [sys.executable, "-m", "qa.cli", "ask", QUESTION],
    }
    for command in commands.values():  # fills the caches
        subprocess.run(command, check=True, capture_output=True)
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():  # in turn, so that both see the same machine
            begin = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds[name].append(time.perf_counter() - begin)
    print(f"libraries: python -c '{LIBRARIES}'")
    print(f"ask: hospital-qa ask '{QUESTION}'")
    for name, found in seconds.items():
        print(f"{name}: median {statistics.median(found):.2f} s, {min(found):.2f}-{max(found):.2f}")
    ratio = statistics.median(seconds["ask"]) / statistics.median(seconds["libraries"])
    print(f"ask / libraries: {ratio:.2f} over {RUNS} runs")


if __name__ == "__main__":
    main()
