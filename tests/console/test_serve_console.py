"""What stands before every page: who may ask at all, and what a browser may do with an answer."""

import pytest

from kassa.console.render import HEADERS
from kassa.console.sign_in.issue_link import issue_link
from kassa.console.sign_in.link import OPEN
from kassa.platform.settings import settings
from tests.support.console_pages import OPERATOR, Browser, person
from tests.support.console_pages import opened as opened

pytestmark = pytest.mark.usefixtures("opened")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4566", "10.0.0.1", ""],
)
def test_a_name_that_leads_here_by_dns_opens_nothing(host: str) -> None:
    browser = Browser().sign_in(person())
    browser.headers["host"] = host

    assert browser.get("/console").status == 404
    assert browser.get("/console/static/console.css").status == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:4566", "localhost:1", "[::1]:4566"])
def test_this_machine_opens_it(host: str) -> None:
    browser = Browser().sign_in(person())
    browser.headers["host"] = host

    assert browser.get("/console").status == 200


def test_without_a_way_to_sign_in_there_is_no_console(monkeypatch: pytest.MonkeyPatch) -> None:
    way, browser = OPEN + issue_link(person(), OPERATOR), Browser().sign_in(person(name="Bert"))
    monkeypatch.setenv("CONSOLE_SIGN_IN", "off")
    settings.cache_clear()

    for path in ("/console", "/console/static/console.css", way, "/console/nowhere"):
        assert browser.get(path).status == 404
        assert browser.post(path).status == 404


@pytest.mark.parametrize(
    "path", ["/console", "/console/nowhere", "/console/static/console.css", "/console/open/x"]
)
@pytest.mark.parametrize("is_in", [True, False])
def test_every_answer_says_what_a_browser_may_do_with_it(path: str, is_in: bool) -> None:
    browser = Browser().sign_in(person()) if is_in else Browser()
    answered = browser.get(path)

    assert HEADERS.items() <= answered.headers.items()
    assert "Strict-Transport-Security" not in answered.headers
    is_static = path.endswith(".css")
    assert answered.headers["Cache-Control"].startswith("public" if is_static else "no-store")
    https = browser.get(path, x_forwarded_proto="https")
    assert "max-age" in https.headers["Strict-Transport-Security"]


def test_nobody_learns_without_a_session_which_routes_there_are() -> None:
    for path in ("/console", "/console/nowhere", "/console/refunds/rr_1"):
        assert Browser().get(path).status == 401
        assert Browser().post(path).status == 401


def test_a_route_that_there_isnt_is_a_page_that_says_so() -> None:
    answered = Browser("fi").sign_in(person()).get("/console/nowhere?next=//evil.example")

    assert answered.status == 404
    assert "Täällä ei ole mitään" in answered.text
    assert "evil" not in answered.body
