"""The headers that every response carries: what a browser may load, run and frame."""

import re
from typing import Final

from qa.errors import SettingsError
from qa.settings import Settings

OPERATOR: Final = "/operator"
_FRAMED_ON_SPACES = ("https://huggingface.co", "https://*.hf.space")
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]+(?::\d{1,5})?|https?://\[[0-9A-Fa-f:]+\]\S*")
# Everything comes from here, nothing is written into the page; JSON in it is not run.
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors {ancestors}"
)
# Gradio's own pages write their scripts and styles into themselves, and start workers.
_GRADIO = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A script that other sites load; every other file is for our own pages.
_FOR_OTHER_SITES = ("/embed.js",)


class SecurityHeaders:
    """Tells the headers of a path, as the settings want them.

    Raises SettingsError when a site in `embed_origins` is not an origin.
    """

    def __init__(self, settings: Settings, *, on_space: bool = False) -> None:
        origins = settings.embed_origins.split()
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise SettingsError(
                    f"embed_origins = {origin!r} is not the address of a site; write such as "
                    "https://www.example.org, several with spaces between"
                )
        ancestors = ["'self'", *(_FRAMED_ON_SPACES if on_space else ()), *origins]
        self._page = _PAGE.format(ancestors=" ".join(ancestors))

    def of(self, path: str) -> dict[str, str]:
        """Return the headers of a response to `path`."""
        operator = path == OPERATOR or path.startswith(f"{OPERATOR}/")
        others = path in _FOR_OTHER_SITES
        return {
            **_ALWAYS,
            "Content-Security-Policy": _GRADIO if operator else self._page,
            "Cross-Origin-Resource-Policy": "cross-origin" if others else "same-origin",
        }
