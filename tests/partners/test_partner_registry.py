"""A new partner is one folder and one line: the second one gets all that the first has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kassa.deliveries.delivery import Status
from kassa.partners import registry
from kassa.partners.rest.push import RestPartner
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.crm import NOTE, open_crm, target
from tests.support.partner_two import client
from tests.support.partner_two.push import ShopPartner
from tests.support.partner_world import deliveries, receive, refunded, save, statuses, wake_up
from tests.support.source import KASSA, ROOT

FILES = {"client", "records", "push", "errors"}
TWO = ROOT / "tests" / "support" / "partner_two"


class Shop:
    """A shop whose next answers a test says."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.tags: dict[str, dict[str, Any]] = {}
        self.calls = 0

    def set_tag(self, key: str, fields: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        code = self.codes.pop(0) if self.codes else "OK"
        if code in ("OK", "OOPS"):
            self.tags[key] = fields
        return {"code": code}

    def tag_of(self, key: str) -> dict[str, Any] | None:
        return self.tags.get(key)


@pytest.fixture
def shop(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    one_line = {"shop": "tests.support.partner_two.push"}
    monkeypatch.setattr(registry, "PARTNERS", registry.PARTNERS | one_line)
    opened = Shop()
    client.install(opened)
    with open_crm():
        yield opened
    client.install(None)


@pytest.mark.parametrize("folder", [KASSA / "partners" / "rest", TWO], ids=lambda one: one.name)
def test_a_partners_folder_has_the_four_files(folder: Path) -> None:
    assert {path.stem for path in folder.glob("*.py")} >= FILES


@pytest.mark.parametrize("kind", [RestPartner, ShopPartner])
def test_a_partner_has_all_that_the_protocol_asks_for(kind: type) -> None:
    asked = {"name", "turn", "kinds_of", "traits", "record", "look_up", "upsert"}
    assert asked <= set(dir(kind))


def test_every_partner_in_the_registry_can_be_loaded(stack: Stack) -> None:
    assert list(registry.connected("main")) == []


def test_the_second_partner_hears_beside_the_first(shop: Shop) -> None:
    save(target(NOTE))
    assert receive(refunded("pi_1", 2, NOW)) == []
    assert shop.tags == {"pi_1": {"tag": "refunded", "version": 2}}
    assert {one.recipient for one in deliveries()} == {"target:crm", "target:shop"}


@pytest.mark.parametrize(("code", "calls"), [("THROTTLED", 2), ("OOPS", 1)])
def test_the_second_partner_waits_and_is_looked_up_like_the_first(
    shop: Shop, fake_clock: FakeClock, code: str, calls: int
) -> None:
    shop.codes = [code]
    receive(refunded("pi_1", 2, NOW))
    assert statuses() == [Status.WAITING]
    wake_up(fake_clock)
    assert statuses() == [Status.SENT]
    assert shop.calls == calls


def test_what_the_second_partner_refuses_fails_in_its_words(shop: Shop) -> None:
    shop.codes = ["NO_SUCH_ORDER"]
    receive(refunded("pi_1", 2, NOW))
    assert [one.reason for one in deliveries()] == ["NO_SUCH_ORDER"]


def test_an_older_fact_never_reaches_the_second_partner_either(shop: Shop) -> None:
    receive(refunded("pi_1", 3, NOW), refunded("pi_1", 2, NOW))
    assert shop.tags["pi_1"]["version"] == 3
    assert shop.calls == 1
