"""1, 8, 32 and 100 callers of the API and of the chat, against the encoder alone.

    python -m benchmarks.concurrency --rounds 3 --seconds 6

The server runs in a process of its own, without a rate limit and without its cache of answers; see
`benchmarks.callers` for the callers, who share the machine with it. The encoder alone encodes the
same questions in this process while the server is idle, one at a time and one on each core; its
model takes one text at a time (see `embeddings.onnx_graph`), so that is its best. Everything is
measured in turn in each round, so that all of it sees the same machine; where other programs run
there too, trust the processor time more than the throughput.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

from benchmarks.callers import FORMS, Address, Goal, Tally, ask, serving
from benchmarks.results import Measurement, Part, finish, part_parser
from benchmarks.warm import questions
from embeddings.encoder import Encoder, available_cores, open_encoder
from qa.settings import read_settings

CALLERS = (1, 8, 32, 100)
ROUNDS = 3
SECONDS = 6.0
WARM_UP = 400  # questions before anything is measured
_SLOW = 95  # percent
_COMPARED = (
    "of the encoder: answers a second, in percent of the texts a second that the encoder alone "
    "reached at its best in the same round"
)

Samples = dict[tuple[str, str, str], list[float]]
"""By name, unit and case of the measurement."""


def measure(callers: Sequence[int], rounds: int, seconds: float) -> Part:
    """Measure the encoder, and each number of callers in each form, once in every round."""
    settings = read_settings()
    encoder = open_encoder(settings.model, settings.cache, 1)
    samples: Samples = defaultdict(list)
    problems: list[str] = []
    with serving() as address:
        ask(address, "api", max(callers), Goal(questions=WARM_UP))
        for _ in range(rounds):
            best = _measure_encoder(encoder, seconds, samples)
            for form, case, tally in _asked(address, callers, seconds):
                _add(samples, f"{form}, {case}", tally, best)
                problems += tally.errors
    return Part(
        "concurrency",
        "callers at once, against the encoder alone",
        {"rounds": rounds, "seconds": seconds},
        tuple(
            Measurement.of(name, unit, values, case)
            for (name, unit, case), values in samples.items()
        ),
        (_COMPARED, *(f"an error: {problem}" for problem in problems[:3])),
    )


def _measure_encoder(encoder: Encoder, seconds: float, samples: Samples) -> float:
    """Return the most texts a second, of one thread and of one on each core."""
    rates = []
    for threads in sorted({1, available_cores()}):
        case = f"encoder alone, {threads} at a time"
        rate, cpu = encode_for(encoder, threads, seconds)
        samples["throughput", "1/s", case].append(rate)
        samples["processor time", "ms", case].append(1000 * cpu)
        rates.append(rate)
    return max(rates)


def encode_for(encoder: Encoder, threads: int, seconds: float) -> tuple[float, float]:
    """Encode the questions for so long, `threads` at a time.

    Return the texts a second, and the processor seconds of one.
    """
    texts = cycle(questions())
    end = time.perf_counter() + seconds

    def work(_: int) -> int:
        done = 0
        while time.perf_counter() < end:
            for _embedding in encoder.encode([next(texts)], "query"):
                done += 1
        return done

    own, begin = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(threads) as executor:
        done = sum(executor.map(work, range(threads)))
    return done / (time.perf_counter() - begin), (time.process_time() - own) / done


def _asked(
    address: Address, callers: Sequence[int], seconds: float
) -> Iterator[tuple[str, str, Tally]]:
    for number in callers:
        case = f"{number} caller{'s' if number > 1 else ''}"
        for form in FORMS:
            yield form, case, ask(address, form, number, Goal(seconds=seconds))


def _add(samples: Samples, case: str, tally: Tally, encoder_rate: float) -> None:
    answers = len(tally.seconds)
    p95 = sorted(tally.seconds)[answers * _SLOW // 100]
    for name, unit, value in (
        ("throughput", "1/s", tally.rate),
        ("of the encoder", "%", 100 * tally.rate / encoder_rate),
        ("p50", "ms", 1000 * statistics.median(tally.seconds)),
        ("p95", "ms", 1000 * p95),
        ("processor time", "ms", 1000 * tally.server_cpu / answers),
        ("callers' share", "ms", 1000 * tally.callers_cpu / answers),
        ("errors", "", len(tally.errors)),
    ):
        samples[name, unit, case].append(value)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = part_parser("concurrency", __doc__)
    parser.add_argument("--callers", type=int, nargs="+", default=CALLERS, help="numbers of them")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of everything: {ROUNDS}")
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"of each measurement: {SECONDS:.0f}"
    )
    options = parser.parse_args(arguments)
    finish(measure(options.callers, options.rounds, options.seconds), options.json)


if __name__ == "__main__":
    main()
