"""A Hugging Face Space finds what it needs; `make space` installs all of it afresh as well."""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.web.space import QUESTION, ROOT, front_matter, started

COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    return front_matter((ROOT / "README.md").read_text("utf-8"))


def requirements() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def of_the_space() -> list[Requirement]:
    """Return what `gradio[oauth,mcp]` needs, as the installed one says."""
    needed = [Requirement(line) for line in requires("gradio") or []]
    extras = ("", "oauth", "mcp")
    return [
        one
        for one in needed
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras)
    ]


def test_the_front_matter_says_what_the_hub_asks_for(told: dict[str, object]) -> None:
    assert told["sdk"] == "gradio"
    assert (ROOT / str(told["app_file"])).is_file()
    assert told["license"] == "apache-2.0"
    assert told["header"] == "mini"
    assert told["pinned"] is False
    assert {told["colorFrom"], told["colorTo"]} <= COLOURS
    assert told["title"]
    assert told["emoji"]
    assert len(str(told["short_description"])) <= 60
    assert re.fullmatch(r"3\.\d+", str(told["python_version"]))


def test_the_spaces_python_and_gradio_are_ones_that_the_project_takes(
    told: dict[str, object],
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    python = Requirement(f"python{project['requires-python']}")
    assert python.specifier.contains(f"{told['python_version']}.0")
    (gradio,) = [one for one in requirements() if one.name == "gradio"]
    assert gradio.specifier.contains(str(told["sdk_version"]))
    # The Space runs what the tests ran with, or something older.
    assert Version(str(told["sdk_version"])) <= Version(version("gradio"))


def test_a_space_installs_the_dependencies_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {str(one) for one in requirements()} == {
        str(Requirement(line)) for line in project["dependencies"]
    }


def test_the_pins_agree_with_those_of_gradio() -> None:
    """One version of each package satisfies both: the installed one."""
    for one in (*requirements(), *of_the_space()):
        try:
            found = version(one.name)
        except PackageNotFoundError:
            continue  # of the extra that only a Space installs
        assert one.specifier.contains(found, prereleases=True), f"{one} but {found}"


def test_app_py_starts_on_a_space_and_answers_within_the_hubs_frame(cache: Path) -> None:
    with started(Path(sys.executable), ROOT, cache) as address:
        local = address.replace("localhost", "127.0.0.1")
        page = httpx.get(local)
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'self' https://huggingface.co https://*.hf.space" in policy
        reply = httpx.post(f"{local}api/ask", json={"question": QUESTION}, timeout=60)
        assert "334" in reply.json()["text"]
