"""The console on AWS, as a browser sees it: at the public address, and by an issuer."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from kassa.console.sign_in.oidc import read_issuer
from kassa.partners import safe_http
from kassa.people.create_person import create_person
from kassa.people.persons import Person, Role
from kassa.platform.settings import settings
from tests.support.console_pages import OPERATOR, Browser, Page
from tests.support.issuer import CLIENT_ID, CLIENT_SECRET, ISSUER, FakeIssuer

PUBLIC_HOST = "pay.shop.example"
BEGIN = "/console/sign-in"
ANNA = "anna@shop.example"


@pytest.fixture
def issuer(stack: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeIssuer]:
    """Let people into the console by an issuer, which runs in this process."""
    values = {
        "CONSOLE_SIGN_IN": "oidc",
        "SIGN_IN_ISSUER": ISSUER,
        "SIGN_IN_CLIENT_ID": CLIENT_ID,
        "PUBLIC_ADDRESS": f"https://{PUBLIC_HOST}",
        "SECRETS_PREFIX": "kassa",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    boto3.client("secretsmanager").create_secret(
        Name="kassa/console/oidc", SecretString=CLIENT_SECRET
    )
    made = FakeIssuer()
    safe_http.install(made.answer)
    read_issuer.forget()
    yield made
    safe_http.install(None)
    read_issuer.forget()


def browser() -> Browser:
    """Return a browser at the public address."""
    made = Browser(host=PUBLIC_HOST)
    made.headers["x-forwarded-proto"] = "https"
    return made


def anna(*roles: Role, email: str | None = ANNA, name: str = "Anna") -> Person:
    """Let somebody work here who has a mail address."""
    return create_person(name, list(roles or (Role.APPROVER,)), OPERATOR, email=email)


def begun(by: Browser, way: str = BEGIN) -> str:
    """Go to the door, and return where it leads."""
    answered = by.get(way)
    assert answered.status == 303, answered.text
    return answered.leads_to


def signed_in(
    by: Browser,
    issuer: FakeIssuer,
    subject: str = "sub-anna",
    email: str | None = ANNA,
    **claims: Any,
) -> Page:
    """Sign somebody in at the issuer, and return what the console answered."""
    return by.get(issuer.sign_in(begun(by), subject, email, **claims))
