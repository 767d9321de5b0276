"""A small corpus of invented hospitals, and the built-in one, each opened once a worker."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from qa.engine import Engine

CLOVER = """---
id: clover
name: 青禾市第三人民医院
aliases: [青禾三院, Qinghe Third People's Hospital]
kind: hospital
source:
  title: 青禾三院这十年
  publisher: 青禾晚报
  date: 2022-03-04
---
# 青禾市第三人民医院

## 床位和病房
青禾市第三人民医院现有床位620张。病房楼共有18层。

## 院长
青禾市第三人民医院的院长是林晓舟。
"""

HARBOUR = """---
id: harbour
name: 白港县中心医院
aliases: [白港医院]
kind: hospital
source:
  title: 海边的医院
---
# 白港县中心医院

## 床位
白港县中心医院有床位310张，另有日间病床24张。

## 急救船
白港县中心医院有两艘急救船，接送海岛上的病人。
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "clover.md").write_text(CLOVER, encoding="utf-8")
    (folder / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    return folder


EngineOver = Callable[[str, Mapping[str, str]], Engine]


@pytest.fixture(scope="session")
def engine_over(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> EngineOver:
    """What opens an engine of a name over texts, by the ids of their documents."""

    def opened(name: str, texts: Mapping[str, str]) -> Engine:
        folder = tmp_path_factory.mktemp(name)
        for doc_id, text in texts.items():
            (folder / f"{doc_id}.md").write_text(text, encoding="utf-8")
        return Engine.open(folder, index_dir=cache / f"{name}-{folder.parent.name}")

    return opened


@pytest.fixture(scope="session")
def engine(folder: Path, cache: Path) -> Engine:
    return Engine.open(folder, index_dir=cache / f"small-index-{folder.parent.name}")


@pytest.fixture(scope="session")
def builtin(cache: Path) -> Engine:  # noqa: ARG001  (the cache is set before the engine opens)
    return Engine.open()
