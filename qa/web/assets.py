"""The files of the page under an address that changes with them, so that browsers may keep them."""

import hashlib
from functools import cache
from importlib import resources
from typing import Final

TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER: Final = "public, max-age=31536000, immutable"


@cache
def assets() -> dict[str, bytes]:
    """Return the files by their names. All of them are read: they are small and few."""
    folder = resources.files("qa.web") / "static"
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.is_file() and file.name.endswith(tuple(TYPES))
    }


@cache
def version() -> str:
    """Return a word that is another when any file is; it is in the path, for modules' imports."""
    digest = hashlib.sha256()
    for name, content in sorted(assets().items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def media_type(name: str) -> str:
    """Return the media type of one of the files."""
    return TYPES["." + name.rpartition(".")[2]]
