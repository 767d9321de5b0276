"""What several rooms' tests share: one model folder a run, and an encoder that needs no model."""

import os
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from embeddings.encoder import (
    DEFAULT_MODEL,
    Embedding,
    Encoder,
    Role,
    Spans,
    open_encoder,
    pool,
)

# How long an example takes is no matter of tests: a busy machine must not fail one.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


def pytest_configure() -> None:
    """Keep libraries that would look for models on the hub off the network."""
    os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of this test run; all of its processes share it."""
    base = tmp_path_factory.getbasetemp()
    # Under pytest-xdist every process has a folder of its own within the run's.
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "model-cache"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(cache: Path) -> Iterator[None]:
    """Keep every test away from the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOSPITALQA_CACHE", str(cache))
        yield


@pytest.fixture(scope="session")
def encoder(cache: Path) -> Encoder:
    """The default model."""
    return open_encoder(DEFAULT_MODEL, cache, threads=1)


class TinyEncoder:
    """Hashes words instead of reading them: the same words give the same vectors, everywhere.

    A Han character or a run of letters and digits is a token; a query's prompt changes nothing.
    """

    name = "tiny-crc32"
    dim = 64
    verifier = None
    _token = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+|\S")

    def encode(self, texts: Iterable[str], role: Role) -> Iterator[Embedding]:
        del role
        for text in texts:
            found = list(self._token.finditer(text))
            # Like a real model's, a text without a token still has a row.
            rows = np.stack([self._vector(match[0]) for match in found] or [self._vector("")])
            yield Embedding(pool([rows]), rows, self.spans(text))

    def spans(self, text: str) -> Spans:
        return tuple(match.span() for match in self._token.finditer(text)) or ((0, len(text)),)

    def _vector(self, token: str) -> np.ndarray:
        folded = unicodedata.normalize("NFKC", token).casefold().encode("utf-8", "replace")
        values = np.random.default_rng(zlib.crc32(folded)).standard_normal(self.dim)
        return (values / np.linalg.norm(values)).astype(np.float32)


@pytest.fixture(scope="session")
def tiny_encoder() -> Encoder:
    return TinyEncoder()
