"""How the rate of learning changes over the steps of a training."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

LAST = 0.02  # share of the rate that is left at the end


def warm_up_and_decay(optimizer: Optimizer, steps: int, warm_up: float) -> LambdaLR:
    """Return a schedule that rises linearly over a share of the steps, and falls over the rest."""
    return LambdaLR(
        optimizer, lambda step: min((step + 1) / (warm_up * steps), max(LAST, 1 - step / steps))
    )
