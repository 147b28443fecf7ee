"""A target's file: every mistake with its place, all at once; and what deserves a look."""

from typing import Any

import pytest

from kassa.partners.rest.parse import ReadTarget, read_target
from tests.support.crm import DEAL, NOTE
from tests.support.known_facts import KNOWN_FACTS

WHOLE: dict[str, Any] = {
    "name": "crm",
    "base_url": "https://crm.example/v3",
    "auth": {"kind": "header"},
    "records": [DEAL, NOTE],
}


def read(written: Any) -> ReadTarget:
    return read_target(written, KNOWN_FACTS)


def found(written: Any) -> dict[str, str]:
    return dict(read(written).wrong)


def with_deal(**changes: Any) -> dict[str, Any]:
    kind = {name: said for name, said in (DEAL | changes).items() if said is not None}
    return WHOLE | {"records": [kind]}


def with_note(**changes: Any) -> dict[str, Any]:
    kind = {name: said for name, said in (NOTE | changes).items() if said is not None}
    return WHOLE | {"records": [kind]}


def test_a_whole_target_is_read_and_written_back_the_same() -> None:
    target = read(WHOLE).target
    assert target is not None
    assert read(target.written).target == target


def test_all_mistakes_of_all_parts_are_reported_at_once() -> None:
    bad_fields = {"a": "nowhere.x", "b": {"amount": "fact.data.amount", "written": "date"}}
    written = WHOLE | {
        "name": "Our CRM",
        "auth": {"kind": "basic"},
        "rate": {"per_second": 0},
        "records": [DEAL | {"fields": bad_fields, "holds": "everything"}, NOTE | {"facts": ["X"]}],
    }
    assert set(found(written)) == {
        "name",
        "rate.per_second",
        "records[0].holds",
        "records[0].fields.a.path",
        "records[0].fields.b",
        "records[1].facts[0]",
    }


@pytest.mark.parametrize(
    ("written", "place", "text"),
    [
        ([], "", "isn't a target"),
        ({"records": []}, "records", "is missing"),
        (WHOLE | {"base_url": "http://crm.example"}, "base_url", "must begin with https"),
        (WHOLE | {"base_url": "https://10.0.0.7"}, "base_url", "public host"),
        (WHOLE | {"base_url": "https://localhost"}, "base_url", "public host"),
        (WHOLE | {"base_url": "https://crm.example/?a=1"}, "base_url", "must have no query"),
        (WHOLE | {"headers": {"Authorization": "x"}}, "headers.Authorization", "secret"),
        (WHOLE | {"headers": {"X-App": "a\nb"}}, "headers.X-App", "characters"),
        (
            WHOLE | {"auth": {"kind": "oauth2", "token_url": "https://127.0.0.1/t"}},
            "auth.token_url",
            "public host",
        ),
        (WHOLE | {"records": [DEAL, DEAL]}, "records[1].kind", "is there already"),
        (with_deal(key="fact.data.order_id"), "records[0].holds", "of payment, order and buyer"),
        (with_deal(upsert=None), "records[0]", "exactly one of upsert and create"),
        (
            with_deal(upsert={"method": "PUT", "path": "/deals"}),
            "records[0].upsert",
            "nothing says our id",
        ),
        (
            with_deal(upsert={"method": "PUT", "path": "/deals/{id}"}),
            "records[0].upsert.path",
            "{id} isn't known",
        ),
        (
            with_deal(upsert={"method": "PUT", "path": "/deals/{name}"}),
            "records[0].upsert.path",
            "only {key} and {id}",
        ),
        (
            with_deal(upsert={"method": "PUT", "path": "//evil.example/{key}"}),
            "records[0].upsert.path",
            "no path",
        ),
        (with_note(holds="subject"), "records[0].update", "is missing"),
        (with_note(holds="subject", look_up=None), "records[0].look_up", "is missing"),
        (
            with_note(look_up={"path": "/notes/all"}),
            "records[0].look_up",
            "nothing says our id",
        ),
        (
            with_note(fields={"a": "fact.data.amont"}),
            "records[0].fields.a",
            "PaymentCaptured, RefundSucceeded has no amont",
        ),
        (with_note(fields={"a": "fact.amount"}), "records[0].fields.a", "metadata and data"),
        (with_note(fields={"a": "fact.metadata.id"}), "records[0].fields.a", "has id"),
        (
            with_note(fields={"a": {"constant": 1}, "a.b": {"constant": 2}}),
            "records[0].fields.a",
            "group of others",
        ),
        (with_note(fields={"a[0]": {"constant": 1}}), "records[0].fields.a[0]", "name or group"),
        (with_note(facts=["PaymentCapture"]), "records[0].facts[0]", "no fact that Kassa"),
        (
            with_note(fields={"a": {"path": "order.x", "constant": 1}}),
            "records[0].fields.a",
            "exactly one",
        ),
        (
            with_note(fields={"a": {"instant": "fact.data.occurred_at", "time_zone": "Mars"}}),
            "records[0].fields.a.time_zone",
            "no time zone",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(written: Any, place: str, text: str) -> None:
    assert text in found(written)[place]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (with_note(look_up=None), "records[0]"),
        (with_note(key="fact.data.object_id"), "records[0].key"),
        (with_deal(look_up={"path": "/deals/{key}"}), "records[0].look_up.version"),
        (with_deal(key="order.order_id"), "records[0].key"),
    ],
)
def test_what_is_seldom_meant_is_said_and_doesnt_hinder(written: Any, place: str) -> None:
    target = read(written)
    assert target.target is not None
    assert place in dict(target.warnings)
