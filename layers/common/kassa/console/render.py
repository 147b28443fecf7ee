"""Pages as they are sent: templates filled in, everything escaped, and the headers of all answers.

No page holds a script or a style of its own, so that whatever came in can be neither.
"""

import mimetypes
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kassa.console.requests import form_token
from kassa.console.rights import SCREENS
from kassa.console.visit import Visit, base_path
from kassa.http_api.errors import CODES
from kassa.platform.settings import settings
from kassa.reports.localization import LANGUAGES, Texts

HTML = "text/html; charset=utf-8"
TEXTS = Path(__file__).with_name("texts")
TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
IN_THEMSELVES = {  # each language as its readers write it
    "en": "English",
    "fi": "suomi",
    "ja": "日本語",
    "ru": "русский",
    "th": "ไทย",
    "zh-Hant": "繁體中文",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self';"
    " img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
HOME = "/console"
KEPT = "public, max-age=31536000, immutable"  # under an address that names its content


def texts_in(language: str) -> Texts:
    """Return the console's texts in a language."""
    return Texts(language, TEXTS)


def page(
    visit: Visit, template: str, screen: str, status: int = 200, **shown: Any
) -> Response[str]:
    """Return a screen's page, with what all of them have around it."""
    around = {
        "person": visit.signed_in.person,
        "screens": [name for name, route in SCREENS.items() if visit.may(route)],
        "screen": screen,
        "form_token": form_token(visit.signed_in.token),
        "here_path": visit.here if status == 200 else HOME,
    }
    return Response(status, HTML, filled(template, visit.texts, **around, **shown))


def bare_page(template: str, texts: Texts, status: int, **shown: Any) -> Response[str]:
    """Return a page for whoever isn't signed in."""
    around = {"person": None, "screens": (), "screen": "", "form_token": "", "here_path": ""}
    return Response(status, HTML, filled(template, texts, **around, **shown))


def error_page(visit: Visit, code: str, detail: str = "", back: str = "") -> Response[str]:
    """Return what says why something wasn't done, and what to do; a code is one of the API's.

    `back` is where the form stood that was refused.
    """
    shown = {"kind": CODES[code].type, "detail": detail, "back": back}
    return page(visit, "error.html", "", CODES[code].status, **shown)


def refused_act(visit: Visit) -> Response[str]:
    """Return what says that a form wasn't one of this session's pages."""
    return page(visit, "error.html", "", 403, kind="not_sent_here", detail="", back="")


def redirect(path: str) -> Response[str]:
    """Lead to one of our own pages, by GET."""
    return Response(303, HTML, "", headers={"Location": base_path() + path})


def redirect_away(url: str) -> Response[str]:
    """Lead to another site: the issuer's, as it describes itself."""
    return Response(303, HTML, "", headers={"Location": url})


def static(name: str) -> Response[str] | None:
    """Return a file that pages refer to; none where there is none of that name."""
    if name not in _static():
        return None
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    body = (STATIC / name).read_text(encoding="utf-8")
    return Response(200, f"{kind}; charset=utf-8", body, headers={"Cache-Control": KEPT})


def filled(template: str, texts: Texts, **shown: Any) -> str:
    """Return a template filled in."""
    return (
        _templates()
        .get_template(template)
        .render(
            t=texts,
            language=texts.language,
            languages=[(one, IN_THEMSELVES[one]) for one in LANGUAGES],
            base=base_path(),
            is_training=settings().is_training,
            at=_static(),
            **shown,
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _static() -> dict[str, str]:
    """Return the files that pages refer to, by name, each with a mark of its content."""
    files = sorted(STATIC.iterdir())
    return {one.name: sha256(one.read_bytes()).hexdigest()[:12] for one in files}
