"""The pages and their files over HTTP, and what their sources may not hold."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.settings import Settings
from qa.web.assets import assets, version
from qa.web.pages import router
from qa.web.service import Service
from qa.web.wording import LANGUAGES, choose_language, words

WEB = resources.files("qa.web")
SOURCES = sorted(
    (folder, file.name) for folder in ("static", "templates") for file in (WEB / folder).iterdir()
)
HAN = re.compile("[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")


class Reader(HTMLParser):
    """Collects the tags with their attributes, and the text, of HTML."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def client(engine: Any, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path)
    app = FastAPI()
    app.include_router(router(Service(engine, settings), settings))
    with TestClient(app) as client:
        yield client


def config_of(html: str) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="config">(.*?)</script>', html, re.DOTALL
    )
    assert found
    return dict(json.loads(found[1]))


def test_the_page_tells_its_scripts_what_they_need(client: TestClient) -> None:
    config = config_of(client.get("/?view=widget&lang=en&hospital=仁和医院").text)
    assert (config["view"], config["lang"], config["hospital"]) == ("widget", "en", "仁和医院")
    assert config["feedback"] is True
    assert config["words"] == words("en")
    assert set(config["frames"]) == set(LANGUAGES)


def test_nothing_in_an_address_can_leave_its_place(client: TestClient, hostile: str) -> None:
    reply = client.get("/", params={"hospital": f"</script>{hostile}", "lang": hostile})
    assert config_of(reply.text)["hospital"] == f"</script>{hostile}"
    assert "<img src=x" not in reply.text


@pytest.mark.parametrize("path", ["/", "/source/renhe", "/source/evil", "/source/none", "/demo"])
def test_no_page_holds_a_script_a_style_or_an_address_of_others(
    client: TestClient, path: str
) -> None:
    for tag, attributes in Reader(client.get(path).text).tags:
        assert tag not in ("style", "base", "object")
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        for name in ("src", "href", "action"):
            address = attributes.get(name) or ""
            assert not re.match(r"[a-z]+:|//", address), (tag, address)
        if tag == "script":
            assert attributes.get("src") or attributes.get("type") == "application/json"


def test_pages_are_asked_for_anew_and_not_sent_twice(client: TestClient) -> None:
    for path in ("/", "/source/renhe", "/demo", "/embed.js"):
        first = client.get(path)
        assert first.headers["cache-control"] == "no-cache"
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


def test_files_are_kept_forever_under_the_address_of_their_content(client: TestClient) -> None:
    for name in assets():
        reply = client.get(f"/static/{version()}/{name}")
        assert reply.content == assets()[name]
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get(f"/static/old/{name}").headers["cache-control"] == "no-cache"
    assert (
        client.get(f"/static/{version()}/main.js")
        .headers["content-type"]
        .startswith("text/javascript")
    )


@pytest.mark.parametrize("name", ["none.js", "..%2Fpages.py", "%2Fetc%2Fpasswd", "page.html"])
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{version()}/{name}").status_code == 404


def test_the_reader_marks_a_quote_and_a_passage(client: TestClient) -> None:
    page = client.get("/source/renhe", params={"quote": "20-34", "q": "1"}).text
    assert "<mark>仁和医院编制床位1200张。</mark>" in page
    assert re.search(r'<p id="1" class="current">', page)
    assert '<p id="2"><a' in page
    assert "建设区域医疗中心[N]. 青山日报, 2021-05-10." in page


@pytest.mark.parametrize("quote", ["9-1", "a-b", "0-999999999", "-1-5", "1", "٣-٤", "0-9" * 50])
def test_a_quote_that_is_none_marks_nothing(client: TestClient, quote: str) -> None:
    reply = client.get("/source/renhe", params={"quote": quote})
    assert reply.status_code == 200
    assert "<mark>" not in reply.text


def test_a_document_that_is_not_there_is_told_in_words(client: TestClient) -> None:
    reply = client.get("/source/folder/none.md?lang=en")
    assert reply.status_code == 404
    assert "There is no such document" in reply.text


def test_until_the_documents_are_open_the_page_is_there_and_the_reader_says_so(
    tmp_path: Path,
) -> None:
    settings = Settings(data=tmp_path)
    app = FastAPI()
    app.include_router(router(Service(None, settings), settings))
    with TestClient(app) as client:
        assert client.get("/").status_code == 200
        reply = client.get("/source/renhe?lang=zh")
        assert reply.status_code == 503
        assert "资料还在准备" in reply.text


def test_trying_starters_counts_as_nobodys_question(engine: Any, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    service = Service(engine, settings)
    seen: list[Any] = []
    service.watch(lambda *answered: seen.append(answered))
    app = FastAPI()
    app.include_router(router(service, settings))
    with TestClient(app) as client:
        assert client.get("/starters?lang=zh").json()["starters"]
    assert seen == []


def test_starters_are_given_for_all_and_for_one_hospital(client: TestClient) -> None:
    one = {"kind": "number", "question": "仁和医院有多少张床位？", "hospital": "仁和医院"}
    another = {**one, "question": "仁和医院有多少台透析机？"}
    assert client.get("/starters?lang=zh").json() == {"starters": [one]}
    own = client.get("/starters?lang=zh&hospital=仁和医院").json()
    assert own == {"starters": [one, another]}
    assert client.get("/starters?hospital=无").json() == {"starters": []}


def test_the_page_works_below_a_path(engine: Any, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    app = FastAPI()
    app.include_router(router(Service(engine, settings), settings))
    with TestClient(app, root_path="/qa") as client:
        page = client.get("/").text
    assert f'src="/qa/static/{version()}/main.js"' in page
    assert config_of(page)["base"] == "/qa"


def test_the_embedding_script_has_its_words_in_every_language(client: TestClient) -> None:
    script = client.get("/embed.js").text
    assert "EMBED_WORDS" not in script
    for language in LANGUAGES:
        assert json.dumps(words(language)["embed.button"]) in script


def test_every_language_has_every_phrase_with_the_same_values() -> None:
    chinese, english = words("zh"), words("en")
    assert chinese.keys() == english.keys()
    for key in chinese:
        values = [sorted(re.findall(r"\{\w+\}", one[key])) for one in (chinese, english)]
        assert values[0] == values[1], key
        assert chinese[key].strip()
        assert english[key].strip()
    allowed = {"language.zh", "language.zh-Hant"}  # a language is called by its own name
    assert not [key for key in english if HAN.search(english[key]) and key not in allowed]


@pytest.mark.parametrize(("folder", "name"), SOURCES)
def test_no_source_of_a_page_holds_chinese_of_its_own(folder: str, name: str) -> None:
    assert not HAN.search((WEB / folder / name).read_text("utf-8"))


def test_every_phrase_is_used() -> None:
    code = "".join((WEB / folder / name).read_text("utf-8") for folder, name in SOURCES)
    code += "".join(file.read_text("utf-8") for file in WEB.iterdir() if file.name.endswith(".py"))
    made = re.compile(  # whose keys are put together
        r"(?:error|feedback|starter|question|language|sources\.cite|answer\.confidence)\."
        r"|answer\.(?:refused|clarify|unknown|not_a|medical|off|up|down)|.*\.(?:text|title)$"
    )
    unused = [key for key in words("zh") if f'"{key}"' not in code and not made.match(key)]
    assert unused == []


@pytest.mark.parametrize(("folder", "name"), SOURCES)
def test_the_sources_ask_nobody_and_make_no_markup_of_text(folder: str, name: str) -> None:
    text = (WEB / folder / name).read_text("utf-8")
    ours = text.replace("http://www.w3.org/2000/svg", "").replace("https://HOST", "")
    if name != "demo.html":
        assert not re.search(r"https?:|@import|url\(", ours)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", ours)


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "language"),
    [
        ("en", "zh", "zh-TW", "en"),
        ("", "zh-Hant", "en", "zh-Hant"),
        ("", "", "en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("", "", "fr;q=1,zh-HK;q=0.5,en;q=0.4", "zh-Hant"),
        ("", "", "zh_CN", "zh"),
        ("xx", "", "", "zh"),
        ("", "", ";q=x,,", "zh"),
    ],
)
def test_the_language_is_asked_for_or_remembered_or_the_browsers(
    asked: str, remembered: str, accepted: str, language: str
) -> None:
    assert choose_language(asked, remembered, accepted) == language
