"""The console answers where it stands, and lets people in by the one way that was chosen."""

import pytest

from tests.support.console_pages import Browser
from tests.support.issuer import FakeIssuer
from tests.support.issuer_pages import BEGIN, PUBLIC_HOST, browser
from tests.support.issuer_pages import issuer as issuer


def test_where_an_issuer_lets_people_in_no_link_does(issuer: FakeIssuer) -> None:
    for path in ("/console/open/x", "/console/open/"):
        assert browser().get(path).status == 401
        assert browser().post(path).status == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (PUBLIC_HOST, 401),
        (PUBLIC_HOST.upper(), 401),
        ("abc123.execute-api.eu-west-1.amazonaws.com", 401),
        ("evil.example", 404),
        (f"{PUBLIC_HOST}.evil.example", 404),
        (f"{PUBLIC_HOST}:8443", 404),
        ("127.0.0.1:4566", 404),
        ("", 404),
    ],
)
def test_the_console_answers_at_its_own_hosts_alone(
    issuer: FakeIssuer, host: str, status: int
) -> None:
    asked = Browser(host=host)
    asked.context = {
        "apiId": "abc123",
        "domainName": "abc123.execute-api.eu-west-1.amazonaws.com",
    }

    assert asked.get("/console").status == status
    assert asked.get(BEGIN).status == (303 if status == 401 else 404)
