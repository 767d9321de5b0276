"""The pages that people see: the conversation, the reader's view, the demo, and their files.

They are made of templates and the words of `qa.web.wording`; answers come from the API. No page
holds a script or a style of its own, so a strict Content-Security-Policy fits.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from qa.engine import Engine
from qa.references import reference
from qa.settings import Settings
from qa.web.assets import FOREVER, assets, media_type, version
from qa.web.reader import paragraphs, pieces, quoted_range
from qa.web.service import Service
from qa.web.starters import Starters
from qa.web.wording import HTML_LANG, LANGUAGES, answer_words, choose_language, words

MAX_QUESTION: Final = 1000  # characters that the box takes; the engine's own limit decides
LANGUAGE_COOKIE: Final = "lang"
_THEMES: Final = ("light", "dark")
_REVALIDATED: Final = "no-cache"
_ATTRIBUTES: Final = (  # of the script of /embed.js: name, key of its values, key of its meaning
    ("data-mode", "button | inline", "demo.mode"),
    ("data-lang", "zh | zh-Hant | en", "demo.lang"),
    ("data-theme", "light | dark", "demo.theme"),
    ("data-label", "demo.text", "demo.label"),
    ("data-hospital", "demo.name", "demo.hospital"),
    ("data-max-height", "demo.number", "demo.height"),
)


def router(service: Service, settings: Settings) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter(include_in_schema=False)
    _add_conversation(routes, service, settings)
    _add_reader(routes, service)
    _add_embedding(routes)

    @routes.get("/static/{stamp}/{name}")
    def static(stamp: str, name: str, request: Request) -> Response:
        if name not in assets():
            raise HTTPException(404, f"there is no file {name!r}")
        keep = FOREVER if stamp == version() else _REVALIDATED
        return _tagged(request, assets()[name], media_type(name), keep)

    return routes


def _add_conversation(routes: APIRouter, service: Service, settings: Settings) -> None:
    starters = Starters()

    @routes.get("/")
    def page(request: Request) -> Response:
        view = "widget" if request.query_params.get("view") == "widget" else "page"
        config = {
            "view": view,
            "feedback": settings.feedback,
            "hospital": request.query_params.get("hospital", ""),
            "longest": MAX_QUESTION,
        }
        return _html(request, "page.html", config, view=view)

    @routes.get("/starters")
    def starter_questions(request: Request, hospital: str = "") -> Response:
        # Asked of the engine itself: nobody asked these, so they are not counted as questions.
        engine = service.engine
        found = starters.get(engine.documents, engine.ask, _language(request), hospital)
        return JSONResponse(
            {"starters": [asdict(starter) for starter in found]},
            headers={"Cache-Control": _REVALIDATED},
        )


def _add_reader(routes: APIRouter, service: Service) -> None:
    @routes.get("/source/{doc_id:path}")
    def source(doc_id: str, request: Request) -> Response:
        if not service.ready:
            return _html(request, "notice.html", status=503, notice="reader.not_ready")
        try:
            shown = _article(service.engine, doc_id, request.query_params)
        except KeyError:
            return _html(request, "notice.html", status=404, notice="reader.missing")
        return _html(request, "source.html", **shown)


def _article(engine: Engine, doc_id: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the reader's view shows. Raises KeyError when there is no such document."""
    document = engine.document(doc_id)
    quote = quoted_range(query.get("quote", ""), len(document.text))
    shown = paragraphs(document, engine.passages(doc_id), quote, query.get("q", ""))
    cited = reference(document.title, document.publisher, document.published, document.source)
    return {"document": document, "paragraphs": shown, "reference": cited}


def _add_embedding(routes: APIRouter) -> None:
    @routes.get("/embed.js")
    def embed(request: Request) -> Response:
        script = assets()["embed.js"].decode().replace('"EMBED_WORDS"', _embed_words())
        return _tagged(request, script.encode(), media_type("embed.js"), _REVALIDATED)

    @routes.get("/demo")
    def demo(request: Request) -> Response:
        return _html(request, "demo.html", attributes=_ATTRIBUTES)


@cache
def _embed_words() -> str:
    keys = ("embed.button", "embed.close", "embed.frame")
    return json.dumps(
        {language: {key: words(language)[key] for key in keys} for language in LANGUAGES}
    )


def _html(
    request: Request,
    template: str,
    config: Mapping[str, Any] | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """Return a page; `config` is what its scripts get to know beside the words."""
    language = _language(request)
    theme = request.query_params.get("__theme", "")
    base = str(request.scope.get("root_path", "")).rstrip("/")
    known = {"lang": language, "base": base, "words": words(language), "frames": answer_words()}
    body = (
        _environment()
        .get_template(template)
        .render(
            words=words(language),
            language=language,
            languages=LANGUAGES,
            html_lang=HTML_LANG[language],
            theme=theme if theme in _THEMES else "",
            base=base,
            static=f"{base}/static/{version()}",
            config=_json({**known, **(config or {})}),
            host=str(request.base_url).rstrip("/"),
            pieces=pieces,
            **values,
        )
    )
    response = _tagged(request, body.encode(), "text/html; charset=utf-8", _REVALIDATED, status)
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def _language(request: Request) -> str:
    return choose_language(
        request.query_params.get("lang", ""),
        request.cookies.get(LANGUAGE_COOKIE, ""),
        request.headers.get("accept-language", ""),
    )


def _tagged(request: Request, body: bytes, media: str, keep: str, status: int = 200) -> Response:
    """Return a response with its ETag, or 304 when the browser has just this one."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": keep}
    known = request.headers.get("if-none-match", "")
    if status == 200 and tag in (one.strip().removeprefix("W/") for one in known.split(",")):  # noqa: PLR2004 - OK
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media)


def _json(content: object) -> Markup:
    """Return JSON that no text in it can end: it stands in an element of type application/json."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped just above


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("qa.web", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
