"""A connection to Milvus: where it is, when a call is made again, and what its errors are here.

pymilvus makes a call again only while the engine can be reached; what an engine that was killed and
comes back answers on its way (nothing, then "not loaded") is waited for here, for a limited time.
"""

import logging
import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from qa.errors import HospitalQAError, StoreUnavailable

EXAMPLE = "milvus+http://host:19530/collection or milvus-lite+file:///folder/name.db/collection"
SCHEMES = {"milvus+http": "http", "milvus+https": "https"}
LITE = "milvus-lite+file"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
CONNECT_SECONDS = 1.0

# What an engine answers that is starting, or whose parts have lost one another: codes of
# milvus/pkg/util/merr that come right by themselves, although most are not marked as such.
CANNOT_CONNECT, COLLECTION_NOT_FOUND, NOT_LOADED, ALIAS_NOT_FOUND = 2, 100, 101, 1600
RECOVERING = {CANNOT_CONNECT, NOT_LOADED, 103, 106, 401, 500, 501, 503, 600, 601, 602}
RECOVERING |= {901, 902, 903, 904, 905}
# The codes are lost where one part of the engine hands on what another one answered.
RECOVERING_TEXT = re.compile(
    r"node not (match|found)|node offline|channel not available|(service|server) (not |un)|"
    r"connection is closing|connection refused|not loaded|on recovering|wait for flush timeout",
    re.IGNORECASE,
)
MISSING = {COLLECTION_NOT_FOUND, ALIAS_NOT_FOUND}


class NoSuchCollection(StoreUnavailable):
    """The engine has no such collection, or has it no more."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a collection is. `uri` is what pymilvus connects to and holds no credentials."""

    uri: str
    collection: str
    token: str = field(default="", repr=False)

    @property
    def embedded(self) -> bool:
        """Whether the engine runs inside this process, over a file."""
        return self.uri.endswith(".db")


def parse_store_url(url: str) -> Address:
    """Read the address of a collection.

    `milvus+http://user:password@host:19530/name`, the same with `milvus+https`, or, for an engine
    inside this process, `milvus-lite+file:///folder/name.db/name`. Raises ValueError, whose message
    never shows a password.
    """
    # Even where it is malformed: what stands before the last @ may be a password.
    shown = url if "@" not in url else f"…@{url.rpartition('@')[2]}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"{shown!r} has no usable host and port: write {EXAMPLE}") from None
    path, _, collection = parts.path.rpartition("/")
    if not NAME.fullmatch(collection):
        raise ValueError(
            f"{shown!r} must end in a collection's name, of up to 200 letters, digits and "
            f"underscores: write {EXAMPLE}"
        )
    if parts.query or parts.fragment:
        raise ValueError(f"{shown!r} must not go on after the collection's name: write {EXAMPLE}")
    if parts.scheme == LITE:
        if parts.netloc or not path.endswith(".db"):
            raise ValueError(f"{shown!r} must name a file that ends in .db: write {EXAMPLE}")
        return Address(unquote(path), collection)
    if parts.scheme not in SCHEMES or not parts.hostname or path:
        raise ValueError(f"{shown!r} is no address of a vector store: write {EXAMPLE}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    token = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    uri = f"{SCHEMES[parts.scheme]}://{host}"
    return Address(f"{uri}:{port}" if port else uri, collection, token)


class Connection:
    """Calls a Milvus engine; connects when it is first used, and again by itself when that broke.

    Safe to use from several threads. Make it after a fork, not before.
    """

    def __init__(self, address: Address) -> None:
        """Raise StoreUnavailable when the packages that it takes are not installed."""
        for package in ("pymilvus", "milvus_lite")[: 2 if address.embedded else 1]:
            if find_spec(package) is None:
                raise StoreUnavailable(
                    f"{address.uri} takes the package {package}: pip install 'hospital-qa[milvus]'"
                )
        self.address = address
        self._client: Any = None
        self._connecting = Lock()
        self._asking = ThreadPoolExecutor(1, "milvus-ping")
        self._asked: Future[object] | None = None
        self._lock = Lock()

    def call(self, method: str, *args: Any, timeout: float, patience: float, **options: Any) -> Any:
        """Call a method of pymilvus.MilvusClient.

        Each attempt may take `timeout` seconds; as long as the engine cannot be reached or is
        starting, others follow until `patience` seconds have passed. Every call that is made
        through here may happen twice, so use it only for those that may.

        Raises NoSuchCollection, or StoreUnavailable for whatever else goes wrong with the engine.
        """
        import grpc
        from pymilvus import MilvusException
        from tenacity import Retrying, retry_if_exception, stop_before_delay
        from tenacity.wait import wait_random_exponential

        attempts = Retrying(
            stop=stop_before_delay(patience),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            retry=retry_if_exception(is_passing),
            reraise=True,
        )
        where = f"Milvus at {self.address.uri}"
        try:
            return attempts(self._once, method, timeout, *args, **options)
        except (MilvusException, grpc.RpcError) as error:
            if getattr(error, "code", None) in MISSING:
                raise NoSuchCollection(
                    f"{where} does not have it, or no more: {reason_of(error)}. Ask again, or make "
                    "the index with `hospital-qa index`"
                ) from error
            raise StoreUnavailable(
                f"{where} did not {method.replace('_', ' ')} {self.address.collection!r}: "
                f"{reason_of(error)}. Look whether it runs and HOSPITALQA_STORE is its address; "
                "when it is starting, wait"
            ) from error

    def _once(self, method: str, timeout: float, *args: Any, **options: Any) -> Any:
        return getattr(self._connected(), method)(*args, timeout=timeout, **options)

    def _connected(self) -> Any:
        with self._connecting:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Any:
        from pymilvus import MilvusClient

        # It logs each failed attempt with its traceback; what matters is raised.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        if self.address.embedded:
            Path(self.address.uri).parent.mkdir(parents=True, exist_ok=True)
        return MilvusClient(
            self.address.uri,
            token=self.address.token,
            timeout=CONNECT_SECONDS,
            dedicated=True,  # so that closing it closes nobody else's
        )

    def answers_within(self, seconds: float, ask: Callable[[], object]) -> bool:
        """Tell whether `ask` returns in time. One that does not goes on, and no other begins."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = self._asking.submit(ask)
            asked = self._asked
        try:
            asked.result(timeout=seconds)
        except (HospitalQAError, TimeoutError):
            return False
        return True

    def close(self) -> None:
        """Close the connection; the next call would open it again."""
        with self._connecting:
            if self._client is not None:
                self._client.close()
                self._client = None


def is_passing(error: BaseException) -> bool:
    """Tell whether the same call may succeed a little later."""
    import grpc
    from pymilvus import MilvusException

    passing = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
    # What pymilvus says when it cannot connect has the reason as its cause: a wrong password, say.
    for each in (error, error.__cause__):
        if isinstance(each, grpc.RpcError):
            return each.code() in passing
    if not isinstance(error, MilvusException) or error.code in MISSING:
        return False
    known = error.retriable or error.code in RECOVERING
    return known or RECOVERING_TEXT.search(str(error.message)) is not None


def reason_of(error: BaseException) -> str:
    """Return what an error of pymilvus or grpc says."""
    import grpc

    for each in (error, error.__cause__):
        if isinstance(each, grpc.RpcError):
            return f"{each.code().name.lower()}, {each.details()}"
    return str(getattr(error, "message", error))
