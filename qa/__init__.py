"""Cited question answering over documents: a short answer quoted from a source, or a plain no.

>>> from qa import ask
>>> print(ask("大同五院有多少台透析机?"))            # doctest: +SKIP
大同市第五人民医院成立了大同市血透中心，备有透析机80台。[1]
[1] 大同市第五人民医院 — 勇担健康使命 惠泽一方百姓：… (datong-fifth#p17)
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.errors import HospitalQAError
    from qa.model import Answer, Citation, Hit, Message

__all__ = ["Answer", "Citation", "Engine", "Hit", "HospitalQAError", "ask"]

_HOMES = {
    "Answer": "qa.model",
    "Citation": "qa.model",
    "Engine": "qa.engine",
    "Hit": "qa.model",
    "HospitalQAError": "qa.errors",
}


def ask(question: str, history: "Sequence[Message]" = (), hospital: str | None = None) -> "Answer":
    """Answer from the corpus of the settings, the built-in one by default; see `Engine.ask`.

    The first call opens the engine, which later calls use again.
    """
    return _engine().ask(question, history, hospital)


@cache
def _engine() -> "Engine":
    from qa.engine import Engine

    return Engine.open()


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import qa` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
