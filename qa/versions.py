"""An index in a folder: versions, each complete, that share their segments.

`CURRENT` names the version in use, which names its segments and stores of vectors; these lie beside
it and are never changed. A new version is written aside and becomes current by one atomic rename,
so a reader sees the old index or the new one, and a killed writer leaves the old. Beside them lie
the embeddings they were made from (see `embeddings.vector_cache`), so that a run that was stopped
goes on where it was, and a change embeds only what is new.
"""

import json
import logging
import shutil
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus.read import Skipped
from embeddings.durable import Stamp, write_file
from embeddings.faiss_store import FaissStore
from embeddings.store import StoreChain
from qa.errors import IndexMismatch, IndexMissing
from qa.index import Index, Manifest
from qa.indexing import FORMAT
from qa.segment import Segment

logger = logging.getLogger(__name__)

VECTORS_FILE = "vectors.sqlite"
_KINDS = ("v", "segment", "store")


@dataclass(frozen=True, slots=True)
class Source:
    """The files that an index was made from, as far as a look at the folder tells: their stamp.

    `skipped` are those that were not read.
    """

    stamp: str = ""
    skipped: tuple[Skipped, ...] = ()


@dataclass(slots=True)
class _Kept:
    """A segment or a store that lies in the folder under a name."""

    thing: object
    name: str
    files: dict[str, Stamp] = field(default_factory=dict)


class IndexFolder:
    """The folder of one index. Its writer holds a lock while it makes a version current."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept: dict[int, _Kept] = {}

    def keep(self, segment: Segment) -> Segment:
        """Write a segment into the folder and return it opened from there. Raises OSError."""
        name = self._new("segment")
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / name).mkdir()
        try:
            files = segment.save(self.path / name)
        except OSError:
            shutil.rmtree(self.path / name, ignore_errors=True)
            raise
        opened = Segment.open(self.path / name, files)
        self._kept[id(opened)] = _Kept(opened, name, files)
        return opened

    def save(self, index: Index, source: Source = Source()) -> None:
        """Make an index the current version, and drop what it does not need of older ones.

        Raises OSError when that cannot be done; the old version is then still the current one.
        """
        from filelock import FileLock

        self.path.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path / "write.lock"):
            before = self._there()
            try:
                segments = [self._kept_segment(segment) for segment in index.segments]
                stores = [self._kept_store(store) for store in index.vectors.stores]
                content = {
                    **asdict(index.manifest),
                    "source": asdict(source),
                    "segments": [{"name": one.name, "files": one.files} for one in segments],
                    "stores": [one.name for one in stores],
                    "removed": sorted(index.removed),
                    "names": dict(index.names),
                }
                version = self._new("v")
                self._write_version(version, content)
            except OSError:
                self._drop(self._there() - before)
                raise
            named = {version, *(one.name for one in (*segments, *stores))}
            self._drop(self._there() - named)

    def load(self, expected: Manifest | None = None, *, verify: bool = False) -> Index:
        """Open the current version.

        Large files are mapped; `verify` looks at all of their checksums. Raises IndexMissing when
        there is none or it is damaged, IndexMismatch when it was not made as `expected` tells.
        """
        while True:
            name, content = self._current()
            try:
                return self._open(content, expected, verify=verify)
            except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
                if self._current()[0] != name:
                    continue  # another version became current, and this one was dropped
                raise IndexMissing(
                    f"the index in {self.path} is damaged ({error}); make it anew with "
                    "`hospital-qa index`"
                ) from error

    def tidy(self) -> None:
        """Drop what a writer that was killed left behind. No other may be writing."""
        name, content = self._current()
        named = {name, *content["stores"], *(one["name"] for one in content["segments"])}
        self._drop(self._there() - named)

    def manifest(self) -> Manifest:
        """Return what the current version was made from. Raises IndexMissing."""
        return _manifest(self._current()[1])

    def source(self) -> Source:
        """Return the files that the current version was made from. Raises IndexMissing."""
        source = self._current()[1]["source"]
        skipped = tuple(Skipped(**one) for one in source["skipped"])
        return Source(str(source["stamp"]), skipped)

    def _current(self) -> tuple[str, dict[str, Any]]:
        """Return the name of the current version and what it is made of."""
        try:
            name = (self.path / "CURRENT").read_text(encoding="ascii").strip()
            content = json.loads((self.path / name / "manifest.json").read_bytes())
            if content["format"] != FORMAT:
                raise IndexMismatch(
                    f"the index in {self.path} is of format {content['format']} and not {FORMAT}; "
                    "make it anew with `hospital-qa index`"
                )
            _manifest(content)
            content["source"]["stamp"]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise IndexMissing(
                f"no usable index in {self.path} ({error}); make one with `hospital-qa index`"
            ) from error
        return name, content

    def _open(self, content: dict[str, Any], expected: Manifest | None, *, verify: bool) -> Index:
        manifest = _manifest(content)
        if expected is not None:
            self._compare(manifest, expected)
        segments = []
        for one in content["segments"]:
            segment = Segment.open(self.path / one["name"], one["files"], verify=verify)
            files = {name: (size, checksum) for name, (size, checksum) in one["files"].items()}
            self._kept[id(segment)] = _Kept(segment, one["name"], files)
            segments.append(segment)
        stores = []
        for name in content["stores"]:
            store = FaissStore.open(self.path / name, verify=verify)
            self._kept[id(store)] = _Kept(store, name)
            stores.append(store)
        return Index(manifest, segments, StoreChain(stores), content["names"], content["removed"])

    def _compare(self, found: Manifest, expected: Manifest) -> None:
        wanted = asdict(expected)
        different = [
            f"{key} is {value!r}, not {wanted[key]!r}"
            for key, value in asdict(found).items()
            if value != wanted[key]
        ]
        if different:
            raise IndexMismatch(
                f"the index in {self.path} does not fit: {'; '.join(different)}; make it anew with "
                "`hospital-qa index`"
            )

    def _kept_segment(self, segment: Segment) -> _Kept:
        if id(segment) not in self._kept:
            segment = self.keep(segment)
        return self._kept[id(segment)]

    def _kept_store(self, store: object) -> _Kept:
        if id(store) not in self._kept and isinstance(store, FaissStore):
            name = self._new("store")
            (self.path / name).mkdir()
            store.save(self.path / name)
            self._kept[id(store)] = _Kept(store, name)
        return self._kept[id(store)]

    def _write_version(self, name: str, content: dict[str, Any]) -> None:
        data = json.dumps(content, indent=1).encode()
        aside = self.path / f"{name}.tmp"
        aside.mkdir()
        write_file(aside / "manifest.json", lambda file: file.write(data))
        aside.replace(self.path / name)
        write_file(self.path / "CURRENT", lambda file: file.write(name.encode()))

    def _there(self) -> set[str]:
        return {path.name for kind in _KINDS for path in self.path.glob(f"{kind}-*")}

    def _drop(self, names: Sequence[str] | set[str]) -> None:
        for name in names:
            shutil.rmtree(self.path / name, ignore_errors=True)

    @staticmethod
    def _new(kind: str) -> str:
        return f"{kind}-{uuid.uuid4().hex[:12]}"


def _manifest(content: dict[str, Any]) -> Manifest:
    return Manifest(**{name: content[name] for name in Manifest.__dataclass_fields__})
