"""A Hugging Face Space, as far as it can be had here: `python -m tests.web.space`, or `make space`.

It installs in a fresh environment exactly what a Space installs, which needs the package index, and
starts `app.py` in a copy of the checkout as a Space does. `test_spaces.py` does the same in the
present environment.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

ROOT = Path(__file__).parents[2]
QUESTION = "汝州一院有多少党员?"
PATIENCE = 600  # seconds for the first answer: the model is unpacked before


def front_matter(readme: str) -> dict[str, Any]:
    """Return what README.md tells the hub of the Space."""
    _, told, _ = readme.split("---\n", 2)
    return dict(yaml.safe_load(told))


@contextmanager
def started(python: Path, checkout: Path, cache: Path) -> Iterator[str]:
    """Start `app.py` as a Space does, wait until it is ready, and give its address."""
    environment = {
        **os.environ,
        "SPACE_ID": "someone/hospital-qa",
        "HOSPITALQA_PORT": "0",
        "HOSPITALQA_CACHE": str(cache),
        "HOSPITALQA_DATA": str(cache / "data"),
    }
    with subprocess.Popen(
        [python, "app.py"],
        cwd=checkout,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stderr is not None
        said: list[str] = []
        address = ""
        for line in process.stderr:
            said.append(line)
            if "http://" in line and not address:
                address = line.split()[-1]
            if line.startswith("ready"):
                break
        else:
            raise RuntimeError(f"app.py ended with {process.wait()}:\n{''.join(said)}")
        try:
            yield address
        finally:
            process.terminate()
            process.communicate(timeout=60)


def installed(folder: Path) -> Path:
    """Make a fresh environment with what a Space installs; return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    sdk = front_matter((ROOT / "README.md").read_text("utf-8"))["sdk_version"]
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    wanted = [f"gradio[oauth,mcp]=={sdk}", "-r", ROOT / "requirements.txt"]
    print("installing", *wanted, flush=True)
    subprocess.run([*pip, "install", "--quiet", *wanted], check=True)
    subprocess.run([*pip, "check"], check=True)
    return python


def copied(folder: Path) -> Path:
    """Return a copy of what git has, or would have, of the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().strip("\0").split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = installed(folder / "venv")
        checkout = copied(folder / "checkout")
        with started(python, checkout, folder / "cache") as address:
            local = address.replace("localhost", "127.0.0.1")
            reply = httpx.post(f"{local}api/ask", json={"question": QUESTION}, timeout=PATIENCE)
            reply.raise_for_status()
            page = httpx.get(local)
            page.raise_for_status()
    print(f"{QUESTION} -> {reply.json()['text']}")
    print(page.headers["content-security-policy"])


if __name__ == "__main__":
    sys.exit(main())
