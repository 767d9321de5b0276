"""The files of a vector store: a FAISS index, arrays, and a manifest with the stamp of each file.

`faiss.write_index` empties the file that is there before it writes and never asks the system to
keep what it wrote, and a flipped byte is read without an error; so FAISS writes through
`embeddings.durable`, and the manifest is written last.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from embeddings.durable import check_file, read_array, write_array, write_file
from embeddings.faiss_kinds import IVF_SQ8

FORMAT = 2  # raise it when the meaning of a file changes
MANIFEST = "vectors.json"
INDEX = "vectors.faiss"

Array = NDArray[Any]


def write_store(
    folder: Path, index: Any, arrays: Mapping[str, Array], fields: Mapping[str, Any]
) -> None:
    """Write a FAISS index, named arrays and what JSON can hold of the rest into `folder`.

    Raises OSError when it cannot be done. A store that was in the folder is damaged then, unless
    it failed at the first file, and `read_store` tells so.
    """
    import faiss

    folder.mkdir(parents=True, exist_ok=True)
    files = {
        INDEX: write_file(
            folder / INDEX,
            lambda sink: faiss.write_index(index, faiss.PyCallbackIOWriter(sink.write)),
        )
    }
    for name, array in arrays.items():
        files[_array_file(name)] = write_array(folder / _array_file(name), array)
    manifest = {"format": FORMAT, **fields, "arrays": list(arrays), "files": files}
    text = json.dumps(manifest, ensure_ascii=False).encode()
    write_file(folder / MANIFEST, lambda sink: sink.write(text))


def read_store(folder: Path, *, verify: bool) -> tuple[Any, dict[str, Array], dict[str, Any]]:
    """Return the FAISS index, mapped, the arrays, those that are large mapped, and the manifest.

    `verify` looks at the checksums of large files too. Raises ValueError naming the file that is
    missing, damaged or of another kind.
    """
    with usable(folder / MANIFEST):
        manifest = _read_manifest(folder / MANIFEST)
        stamps, names = dict(manifest["files"]), list(manifest["arrays"])
        in_lists = manifest["choice"]["kind"] == IVF_SQ8.name
    for name, stamp in stamps.items():
        with usable(folder / name):
            check_file(folder / name, stamp, verify=verify)
    with usable(folder / INDEX):
        index = _map_index(folder / INDEX, in_lists=in_lists)
    arrays = {}
    for name in names:
        with usable(folder / _array_file(name)):
            arrays[name] = read_array(folder / _array_file(name))
    return index, arrays, manifest


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Raise ValueError naming a file when what is done with it shows that it cannot be used."""
    try:
        yield
    except FileNotFoundError as error:
        raise ValueError(f"{path} is missing; make the vector store anew") from error
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ValueError(f"{path} is damaged ({error!r}); make the vector store anew") from error


def _array_file(name: str) -> str:
    return f"vectors.{name}.npy"


def _read_manifest(path: Path) -> dict[str, Any]:
    manifest = dict(json.loads(path.read_bytes()))
    if manifest["format"] != FORMAT:
        raise ValueError(f"its format is {manifest['format']}, and this version reads {FORMAT}")
    return manifest


def _map_index(path: Path, *, in_lists: bool) -> Any:
    """Map an index. Lists are mapped by another part of FAISS than everything else."""
    import faiss

    flags = faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY if in_lists else faiss.IO_FLAG_MMAP_IFC
    return faiss.read_index(str(path), flags)
