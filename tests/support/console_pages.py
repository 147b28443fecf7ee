"""The console as a browser sees it: cookies kept, forms filled in from the page that shows them."""

import base64
import re
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from functions.serve_console.app import lambda_handler
from kassa.audit.trail import Actor
from kassa.console.sign_in.issue_link import issue_link
from kassa.console.sign_in.link import OPEN
from kassa.people.create_person import create_person
from kassa.people.persons import Person, Role
from kassa.platform.settings import settings
from tests.support.aws_stack import Context

OPERATOR = Actor(aws_arn="arn:aws:iam::123456789012:user/operator")
HOST = "127.0.0.1:4566"
FORM = "application/x-www-form-urlencoded"


class Page(NamedTuple):
    """What a browser was answered."""

    status: int
    headers: dict[str, str]
    body: str
    cookies: list[str]

    @property
    def text(self) -> str:
        """Return what people read of it."""
        return text_of(self.body)

    @property
    def leads_to(self) -> str:
        """Return where it redirects to."""
        return self.headers.get("Location", "")


class Browser:
    """A browser of somebody who works here; its headers are what Chromium sends."""

    def __init__(self, language: str = "en", host: str = HOST) -> None:
        self.jar: dict[str, str] = {}
        self.headers = {"host": host, "accept-language": language}
        self.context: dict[str, str] = {}  # what API Gateway says of itself

    @property
    def session(self) -> str:
        """Return the token of the session that it shows."""
        return self.jar.get("__Host-kassa", "")

    @session.setter
    def session(self, token: str) -> None:
        self.jar["__Host-kassa"] = token

    def get(self, path: str, **headers: str) -> Page:
        """Follow a link."""
        return self._ask("GET", path, "", headers)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Page:
        """Send a form as one of our pages does; headers say otherwise."""
        own = {"sec-fetch-site": "same-origin", "origin": "null", "content-type": FORM}
        return self._ask("POST", path, urlencode(form or {}), own | headers)

    def ask(self, method: str, path: str, query: dict[str, str]) -> Page:
        """Ask with a query of any characters."""
        return self._ask(method, f"{path}?{urlencode(query)}", "", {})

    def send_bytes(self, path: str, body: bytes, boundary: str) -> Page:
        """Send a form of several parts, as it brings a file."""
        kind = f"multipart/form-data; boundary={boundary}"
        own = {"sec-fetch-site": "same-origin", "origin": "null", "content-type": kind}
        return self._ask("POST", path, body, own)

    def send(self, path: str, at: str = "/console", **fields: str) -> Page:
        """Send a form with the token of the page where it stands."""
        return self.post(path, {"form_token": self.form_token(at)} | fields)

    def form_token(self, at: str = "/console") -> str:
        """Return the token that the forms of a page carry."""
        return re.findall(r'name="form_token" value="([0-9a-f]+)"', self.get(at).body)[0]

    def sign_in(self, person: Person) -> "Browser":
        """Follow a new link of a person's, and go on."""
        answered = self.post(OPEN + issue_link(person, OPERATOR))
        assert answered.status == 303, answered
        return self

    def _ask(self, method: str, path: str, body: str | bytes, headers: dict[str, str]) -> Page:
        parts = urlsplit(path)
        sent = self.headers | {name.replace("_", "-"): one for name, one in headers.items()}
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": f"{method} /console/{{proxy+}}",
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {name: value for name, value in sent.items() if value},
            "cookies": [f"{name}={value}" for name, value in self.jar.items() if value],
            "requestContext": {
                "http": {"method": method, "path": parts.path, "sourceIp": "127.0.0.1"},
                "stage": "$default",
                "requestId": "request-1",
                **self.context,
            },
            "body": base64.b64encode(_bytes(body)).decode(),
            "isBase64Encoded": True,
        }
        if parts.query:
            event["queryStringParameters"] = dict(parse_qsl(parts.query))
        answer = lambda_handler(event, Context())
        cookies = list(answer.get("cookies") or [])
        for one in cookies:
            name, _, rest = one.partition("=")
            self.jar[name] = rest.partition(";")[0]
        return Page(answer["statusCode"], dict(answer["headers"]), answer["body"], cookies)


def _bytes(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode()


def person(*roles: Role, name: str = "Anna") -> Person:
    """Let somebody work here."""
    return create_person(name, list(roles or (Role.APPROVER,)), OPERATOR)


@pytest.fixture
def opened(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let people into the console by links."""
    monkeypatch.setenv("CONSOLE_SIGN_IN", "link")
    settings.cache_clear()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def text_of(page: str) -> str:
    """Return what people read of a page, in one line."""
    reader = _Text()
    reader.feed(page)
    return " ".join(" ".join(reader.found).split())
