"""What is made for the default model outside of the product."""

import numpy as np
import pytest

from training.project import principal


def test_the_axes_along_which_rows_lie_most_are_kept() -> None:
    random = np.random.default_rng(0)
    hidden, _ = np.linalg.qr(random.standard_normal((6, 6)))
    rows = (random.standard_normal((500, 6)) * [9, 5, 2, 0.1, 0.1, 0.1] @ hidden).astype(np.float32)
    axes, share = principal(rows, 3)
    assert axes.shape == (6, 3)
    assert share == pytest.approx(1, abs=1e-3)
    assert np.abs(axes.T @ hidden[:3].T) == pytest.approx(np.eye(3), abs=0.05)
