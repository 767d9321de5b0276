"""The vector store at several sizes, against exact search: python -m benchmarks.stores [COUNT ...]

The vectors are made: 384 numbers in clusters of about a hundred, as the sentences of one subject
lie, and varying along directions of their own as much as those of the bundled model do, whose
covariance is that of 45 equal directions (35 here). Queries are drawn like the rows and are not
among them. Memory is that of a fresh process; the files are in the system's cache when it opens
them. Every search is one query on one thread.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from embeddings import store_choice
from embeddings.faiss_kinds import FLAT, Floats, make, nearest
from embeddings.faiss_store import FaissStore

COUNTS = (10_000, 100_000, 1_000_000)
DIM = 384
CLUSTER = 100  # rows
SPREAD = 0.7  # length of what a row has beside its cluster's centre, of length 1
GROUP = 500  # rows of a hospital
BLOCK = 50_000
QUERIES = 1_000
FLAT_QUERIES = 100  # they take 0.1 s each at a million
SEARCHES = 200  # after which the memory is looked at
SHALLOW, DEEP = 10, 100  # the recall that is told, and the rows that retrieval asks for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS, metavar="COUNT")
    parser.add_argument("--memory", type=int, default=store_choice.MEMORY, metavar="BYTES")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    about = {
        "platform": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("faiss-cpu", "numpy")},
    }
    print(", ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    results = []
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(count, options.memory, Path(folder)))
        show(results[-1])
    if options.json:
        written = json.dumps({"about": about, "results": results}, indent=1, ensure_ascii=False)
        options.json.write_text(written, encoding="utf-8")


def measure(count: int, memory: int, folder: Path) -> dict[str, Any]:
    """Make vectors and a store of them, and measure it and exact search in fresh processes."""
    make_vectors(count, folder)
    return {
        "count": count,
        **in_process("build", folder, count, memory),
        **in_process("search_flat", folder),
        **in_process("search_store", folder),
    }


def in_process(function: str, folder: Path, *arguments: int) -> dict[str, Any]:
    """Call a function of this module in a fresh process and return what it returned."""
    command = (
        f"from benchmarks import stores as s; s.tell(s.{function}, *{(str(folder), *arguments)!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(done.stdout))


def tell(function: Callable[..., dict[str, Any]], folder: str, *arguments: int) -> None:
    print(json.dumps(function(Path(folder), *arguments)))


def make_vectors(count: int, folder: Path) -> None:
    """Write float32 (count, 384) and the queries into `folder`, L2-normalised."""
    random = np.random.default_rng(1)
    lengths = 1 / np.sqrt(np.arange(1, DIM + 1))
    turned = np.linalg.qr(random.standard_normal((DIM, DIM)))[0].T
    directions = (lengths[:, None] * turned / np.linalg.norm(lengths)).astype(np.float32)

    def draw(rows: int) -> Floats:
        return random.standard_normal((rows, DIM), np.float32) @ directions

    centres = draw(max(count // CLUSTER, 1))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)

    def block(rows: int) -> Floats:
        values = centres[random.integers(0, len(centres), rows)] + SPREAD * draw(rows)
        return values / np.linalg.norm(values, axis=1, keepdims=True)

    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", "w+", dtype=np.float32, shape=(count, DIM)
    )
    for begin in range(0, count, BLOCK):
        vectors[begin : begin + BLOCK] = block(min(BLOCK, count - begin))
    vectors.flush()
    np.save(folder / "queries.npy", block(QUERIES))


def build(folder: Path, count: int, memory: int) -> dict[str, Any]:
    groups = [(f"{row // GROUP}",) for row in range(count)]

    def progress(kind: str, done: int, total: int) -> None:
        print(f"\r{kind}: {done} of {total}", end="", file=sys.stderr, flush=True)

    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    begin = time.perf_counter()
    store = FaissStore.build(vectors, groups, memory=memory, progress=progress)
    built = time.perf_counter()
    print(file=sys.stderr)
    peak = resident("VmHWM")
    store.save(folder / "store")
    saved = time.perf_counter()
    return {
        "choice": store.choice.to_dict(),
        "explain": store.choice.explain(),
        "file_bytes": sum(path.stat().st_size for path in (folder / "store").iterdir()),
        "build_seconds": built - begin,
        "build_peak_bytes": peak,
        "save_seconds": saved - built,
    }


def search_flat(folder: Path) -> dict[str, Any]:
    """Time exact search in memory, and leave the true neighbours in `folder`."""
    index = make(FLAT, np.load(folder / "vectors.npy", mmap_mode="r"))
    queries = np.load(folder / "queries.npy")[:FLAT_QUERIES]
    flat = resident("RssAnon")
    times, found = timed(lambda query: nearest(index, FLAT, query, 0, None, DEEP), queries)
    np.save(folder / "truth.npy", np.array([rows for rows, _ in found]))
    shallow, _ = timed(lambda query: nearest(index, FLAT, query, 0, None, SHALLOW), queries)
    return {
        "flat_bytes": flat,
        "flat_ms": percentiles(shallow),
        "flat_deep_ms": percentiles(times),
    }


def search_store(folder: Path) -> dict[str, Any]:
    """Open the store and time its searches: shallow, deep and within one group."""
    queries, truth = np.load(folder / "queries.npy"), np.load(folder / "truth.npy")
    import faiss  # noqa: F401 - its import is no part of opening

    bare = resident("VmRSS")
    begin = time.perf_counter()
    store = FaissStore.open(folder / "store")
    opened = time.perf_counter() - begin
    after_opening = resident("VmRSS")
    first, _ = timed(lambda query: store.search(query, SHALLOW), queries[:1])
    timed(lambda query: store.search(query, SHALLOW), queries[1:SEARCHES])
    after_searches, private = resident("VmRSS"), resident("RssAnon")
    times, found = timed(lambda query: store.search(query, SHALLOW), queries)
    deep_times, deep = timed(lambda query: store.search(query, DEEP), queries)
    count = max(len(store) // GROUP, 1)
    groups = iter(np.random.default_rng(2).integers(0, count, len(queries)))
    in_group, _ = timed(lambda query: store.search(query, DEEP, [str(next(groups))]), queries)
    return {
        "open_seconds": opened,
        "bare_bytes": bare,
        "opened_bytes": after_opening,
        "searched_bytes": after_searches,
        "private_bytes": private,
        "first_ms": first[0] * 1e3,
        "ms": percentiles(times),
        "deep_ms": percentiles(deep_times),
        "group_ms": percentiles(in_group),
        f"recall@{SHALLOW}": recall(found, truth[:, :SHALLOW]),
        f"recall@{SHALLOW} of {DEEP}": recall(deep, truth[:, :SHALLOW]),
        f"recall@{DEEP}": recall(deep, truth),
    }


def timed(
    search: Callable[[Floats], tuple[Any, Any]], queries: Floats
) -> tuple[list[float], list[tuple[Any, Any]]]:
    """Return the seconds and the result of each query."""
    times, found = [], []
    for query in queries:
        begin = time.perf_counter()
        found.append(search(query))
        times.append(time.perf_counter() - begin)
    return times, found


def recall(found: list[tuple[Any, Any]], truth: np.ndarray) -> float:
    """Return the share of true neighbours that were found, of the queries that have a truth."""
    shares = [np.isin(true, rows).mean() for true, (rows, _) in zip(truth, found, strict=False)]
    return float(np.mean(shares))


def percentiles(times: list[float]) -> dict[str, float]:
    return {f"p{share}": float(np.percentile(times, share)) * 1e3 for share in (50, 95)}


def resident(field: str) -> int:
    """Return a line of Linux' /proc/self/status in bytes, elsewhere 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    return int(lines[field].split()[0]) * 1024


def show(result: dict[str, Any]) -> None:
    print(f"\n{result['count']:,} vectors")
    for line in result["explain"]:
        print(f"  {line}")

    def milliseconds(name: str) -> str:
        return f"{result[name]['p50']:.2f} / {result[name]['p95']:.2f} ms"

    def megabytes(name: str) -> str:
        return f"{result[name] / 1e6:,.0f} MB"

    seconds = result["build_seconds"], megabytes("build_peak_bytes"), result["save_seconds"]
    print("  built in {:.1f} s with a peak of {}, saved in {:.1f} s".format(*seconds))
    states = ("bare", "opened", "searched", "private")
    resident_then = [megabytes(f"{state}_bytes") for state in states]
    print(f"  files {megabytes('file_bytes')}, opened in {result['open_seconds'] * 1e3:.0f} ms")
    print(
        "  resident {1} before, {2} after, {3} after {0} searches, {4} of it not from files".format(
            SEARCHES, *resident_then
        )
    )
    print(
        f"  p50 / p95 of the first {SHALLOW}: {milliseconds('ms')}; exact {milliseconds('flat_ms')}"
    )
    print(
        f"  p50 / p95 of the first {DEEP}: {milliseconds('deep_ms')}; "
        f"exact {milliseconds('flat_deep_ms')}; in a group {milliseconds('group_ms')}"
    )
    names = (f"recall@{SHALLOW}", f"recall@{SHALLOW} of {DEEP}", f"recall@{DEEP}")
    print("  " + ", ".join(f"{name} {result[name]:.3f}" for name in names), flush=True)


if __name__ == "__main__":
    main()
