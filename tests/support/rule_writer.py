"""Somebody who writes rules in the console, in their browser."""

import html
import re

import pytest

from kassa.people.persons import Role
from tests.support.console_pages import Browser, Page, person


class Writer(Browser):
    """Somebody who writes rules, in their browser."""

    person_id = ""

    def begin(self, kind: str = "refunds") -> "Writer":
        """Begin a draft, or go on with one."""
        answered = self.send(f"/console/rules/{kind}/begin")
        assert answered.status == 303
        self.person_id = answered.leads_to.rpartition("/")[2]
        return self

    def form(self, kind: str = "refunds") -> dict[str, str]:
        """Return the fields of the draft as a browser would send them."""
        return fields_in(self.get(f"/console/rules/{kind}/{self.person_id}").body)

    def act(self, action: str, kind: str = "refunds", **fields: str) -> Page:
        """Send the draft's form with one of its buttons."""
        more = dict(fields)
        return self.send(f"/console/rules/{kind}/{self.person_id}/{action}", **more)

    def draft(self, kind: str = "refunds") -> Page:
        """Look at the draft."""
        return self.get(f"/console/rules/{kind}/{self.person_id}")


def fields_in(body: str) -> dict[str, str]:
    """Return what the inputs, lists and text fields of a page hold."""
    found = dict(re.findall(r'<input [^>]*name="([\w.]+)" type="[\w-]+" value="([^"]*)"', body))
    found |= dict(re.findall(r'<textarea [^>]*name="([\w.]+)"[^>]*>([^<]*)</textarea>', body))
    for name, options in re.findall(r'<select [^>]*name="([\w.]+)">(.*?)</select>', body):
        chosen = re.findall(r'value="([\w-]+)" selected', options)
        found[name] = chosen[0] if chosen else ""
    return {name: html.unescape(value) for name, value in found.items() if name != "q"}


def writer(name: str = "Fina") -> Writer:
    browser = Writer()
    browser.sign_in(person(Role.FINANCE, name=name))
    return browser


@pytest.fixture
def finance() -> Writer:
    return writer()
