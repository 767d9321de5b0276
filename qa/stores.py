"""The engines that an index may lie in, by the setting `store`."""

from typing import TYPE_CHECKING

from qa.errors import SettingsError
from qa.settings import Settings

if TYPE_CHECKING:
    from embeddings.milvus import MilvusStore


def open_store(settings: Settings) -> "MilvusStore":
    """Return the store to read from; it connects when it is first asked. Raises SettingsError."""
    store = _milvus()
    try:
        return store.open(settings.store)
    except ValueError as error:
        raise SettingsError(f"store cannot be used: {error}") from error


def create_store(settings: Settings, generation: int, dim: int) -> "MilvusStore":
    """Return a store to fill as a new generation. Raises SettingsError and StoreUnavailable."""
    store = _milvus()
    try:
        return store.create(settings.store, generation, dim)
    except ValueError as error:
        raise SettingsError(f"store cannot be used: {error}") from error


def _milvus() -> "type[MilvusStore]":
    try:
        import pymilvus  # noqa: F401
    except ImportError as error:
        raise SettingsError(
            "the setting store needs pymilvus, which is not installed; install hospital-qa[milvus]"
        ) from error
    from embeddings.milvus import MilvusStore

    return MilvusStore
