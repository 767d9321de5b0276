"""Chance or change: two runs over the same questions.

The interval is the paired bootstrap's percentile interval (Efron & Tibshirani, "An Introduction to
the Bootstrap", 1993, section 13.3; Sakai, SIGIR 2006, for retrieval). The p value is that of the
exact sign test, which for values of 0 and 1 is McNemar's exact test (Psychometrika 12, 1947):
questions on which the two runs are equal say nothing, and without a difference each of the others
is a fair coin.
"""

import math
from collections.abc import Sequence

import numpy as np

RESAMPLES = 10_000
LEVEL = 0.95
SEED = 0
_AT_ONCE = 2_000_000  # drawn indices that are in memory together; 8 bytes each


def bootstrap_interval(
    differences: Sequence[float],
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = SEED,
) -> tuple[float, float]:
    """Return the interval that holds the mean difference with probability `level`.

    Questions are drawn with replacement, `resamples` times; the same `seed` draws the same ones.
    Raises ValueError when there are no differences.
    """
    if not differences:
        raise ValueError("no differences to resample; compare at least one question")
    values = np.asarray(differences, dtype=np.float64)
    random = np.random.default_rng(seed)
    rows = max(1, _AT_ONCE // len(values))
    means = np.concatenate(
        [
            values[
                random.integers(0, len(values), (min(rows, resamples - done), len(values)))
            ].mean(axis=1)
            for done in range(0, resamples, rows)
        ]
    )
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def sign_test(differences: Sequence[float]) -> float:
    """Return the two-sided p value of the exact sign test, in (0, 1]; 1 when all are equal.

    >>> sign_test([1, 1, 1, 1, 1, 0, 0, -1])
    0.21875
    """
    better = sum(difference > 0 for difference in differences)
    worse = sum(difference < 0 for difference in differences)
    tosses = better + worse
    tail = sum(math.comb(tosses, k) for k in range(min(better, worse) + 1))
    return min(1.0, 2 * tail / (1 << tosses))
