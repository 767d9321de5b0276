"""What a figure depends on beside the program: the commit, the packages and the machine."""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from embeddings.encoder import available_cores

PACKAGES = (
    "hospital-qa",
    "faiss-cpu",
    "onnxruntime",
    "tokenizers",
    "numpy",
    "jieba",
    "tantivy",
    "pymilvus",
    "milvus-lite",
    "gradio",
    "fastapi",
    "starlette",
    "uvicorn",
    "torch",
    "transformers",
    "sentence-transformers",
    "txtai",
    "llama-index-core",
    "haystack-ai",
)
UNKNOWN = "unknown"


def now() -> str:
    """Return the time, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def commit() -> str:
    """Return the commit of this program, with "+" when files differ from it."""
    git = shutil.which("git")
    if git is None:
        return UNKNOWN
    command = [git, "describe", "--always", "--exclude", "*", "--abbrev=12", "--dirty=+"]
    done = subprocess.run(
        command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or UNKNOWN


def packages() -> dict[str, str]:
    """Return the versions of the packages that matter and are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str]:
    """Return what is known of this machine: processor, cores, memory, system, Python."""
    usable, there = available_cores(), os.cpu_count() or 0
    return {
        "processor": _processor(Path("/proc/cpuinfo")),
        "cores": str(usable) if usable == there else f"{usable} of {there}",
        "memory": _memory(),
        "system": platform.platform(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def _processor(told: Path) -> str:
    """Return the processor's name, which Linux tells in a file and other systems by a call."""
    if told.is_file():
        for line in told.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine() or UNKNOWN


def _memory() -> str:
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return UNKNOWN
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.1f} GiB"
