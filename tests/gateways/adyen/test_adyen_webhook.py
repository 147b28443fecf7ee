"""Adyen's signature: our verdicts against those of the official library, and what is stricter."""

import base64
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from Adyen.util import generate_notification_sig, is_valid_hmac_notification
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import InvalidSignature, SecretsUnavailable
from kassa.gateways.adyen.notification import (
    is_acted_on,
    signed_bytes,
    signed_fields,
    signed_values,
)
from kassa.gateways.webhooks.parts import signature_scheme
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD_KEY, KEY, STRANGE_KEY = "0a" * 32, "44782DEF" * 8, "ff" * 32
SCHEME = signature_scheme("adyen")
ITEM: dict[str, Any] = {
    "pspReference": "7914073381342284",
    "originalReference": "",
    "merchantAccountCode": "ShopECOM",
    "merchantReference": "order-1",
    "amount": {"value": 100_00, "currency": "EUR"},
    "eventCode": "AUTHORISATION",
    "success": "true",
    "eventDate": "2026-11-22T12:59:00+01:00",
    "reason": "034051:1111:03/2030",
    "paymentMethod": "visa",
    "operations": ["CANCEL", "CAPTURE", "REFUND"],
}
CAPTURE = ITEM | {"pspReference": "881", "originalReference": "791", "eventCode": "CAPTURE"}


def signed(item: dict[str, Any], key: str = KEY) -> dict[str, Any]:
    """Sign an item with Adyen's own library."""
    signature = generate_notification_sig(item, key).decode()
    return item | {"additionalData": {"hmacSignature": signature, "bankCountry": "FI"}}


def body_of(*items: Any, live: object = "true") -> bytes:
    wrapped = [{"NotificationRequestItem": item} for item in items]
    return json.dumps({"live": live, "notificationItems": wrapped}).encode()


def verified(
    body: bytes, keys: Sequence[str] = (KEY,), mode: str = "live", **more: Any
) -> list[dict[str, Any]]:
    endpoint = WebhookEndpoint("shop", mode, tuple(keys), None, **more)
    request = WebhookRequest("adyen", "main", {}, body)
    return [json.loads(part.body) for part in SCHEME.verify(request, endpoint, NOW)]


def is_accepted(body: bytes, keys: Sequence[str] = (KEY,), mode: str = "live") -> bool:
    try:
        return bool(verified(body, keys, mode))
    except InvalidSignature:
        return False


def test_what_the_official_library_signed_is_accepted_and_answered_as_adyen_wants() -> None:
    assert is_accepted(body_of(signed(ITEM)))
    assert SCHEME.answer == "[accepted]"
    assert SCHEME.event_id(body_of(signed(ITEM))) == "7914073381342284:AUTHORISATION:true"


def test_the_example_that_adyen_publishes_is_accepted() -> None:
    key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
    published = {
        "pspReference": "7914073381342284",
        "merchantAccountCode": "TestMerchant",
        "merchantReference": "TestPayment-1407325143704",
        "amount": {"value": 1130, "currency": "EUR"},
        "eventCode": "AUTHORISATION",
        "success": "true",
        "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="},
    }
    assert is_accepted(body_of(published), [key])


def test_every_item_is_verified_where_the_official_library_looks_at_the_first() -> None:
    forged = CAPTURE | {"additionalData": {"hmacSignature": "AAAA"}}
    body = body_of(signed(ITEM), forged)
    assert is_valid_hmac_notification(json.loads(body), KEY)
    assert not is_accepted(body)
    assert not is_accepted(body_of(forged, signed(ITEM)))


def test_each_item_goes_on_alone_with_the_signed_fields_and_a_label() -> None:
    parts = verified(body_of(signed(ITEM), signed(CAPTURE)))
    kept = {
        *("pspReference", "originalReference", "merchantAccountCode", "merchantReference"),
        *("amount", "eventCode", "success", "paymentMethod"),
    }
    assert [len(part["notificationItems"]) for part in parts] == [1, 1]
    items = [part["notificationItems"][0]["NotificationRequestItem"] for part in parts]
    assert [item["eventCode"] for item in items] == ["AUTHORISATION", "CAPTURE"]
    assert all(set(item) == kept for item in items)


@pytest.mark.parametrize("changed", ["eventDate", "reason", "operations", "somethingElse"])
def test_what_is_not_signed_goes_no_further(changed: str) -> None:
    changed_item = signed(ITEM) | {changed: "forged"}
    assert verified(body_of(changed_item)) == verified(body_of(signed(ITEM)))


CHANGES: list[tuple[str, object]] = [
    ("pspReference", "7914073381342285"),
    ("originalReference", "7914073381342284"),
    ("merchantAccountCode", "ShopPOS"),
    ("merchantReference", "order-2"),
    ("amount", {"value": 100_01, "currency": "EUR"}),
    ("amount", {"value": 100_00, "currency": "USD"}),
    ("eventCode", "CAPTURE"),
    ("success", "false"),
]


@pytest.mark.parametrize(("name", "value"), CHANGES)
def test_one_change_in_a_signed_field_is_refused(name: str, value: object) -> None:
    assert not is_accepted(body_of(signed(ITEM) | {name: value}))
    assert not is_valid_hmac_notification(json.loads(body_of(signed(ITEM) | {name: value})), KEY)


def test_one_byte_changed_anywhere_changes_nothing_that_counts() -> None:
    """A changed byte is refused, or it stands in what isn't signed and goes no further."""
    body = body_of(signed(ITEM))
    kept = verified(body)
    label = body.index(b'"visa"')
    for at in range(len(body)):
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        if label < at < label + 5 or b'"paymentMethod"' not in changed:
            continue  # the one word that is kept and isn't signed
        if is_accepted(changed):
            assert verified(changed) == kept


def test_two_keys_are_live_while_one_is_rolled() -> None:
    assert is_accepted(body_of(signed(ITEM, OLD_KEY)), [OLD_KEY, KEY])
    assert is_accepted(body_of(signed(ITEM, KEY)), [OLD_KEY, KEY])
    assert is_accepted(body_of(signed(ITEM, OLD_KEY), signed(CAPTURE, KEY)), [OLD_KEY, KEY])
    assert not is_accepted(body_of(signed(ITEM, STRANGE_KEY)), [OLD_KEY, KEY])


def test_the_mode_is_not_signed_and_so_only_ever_refuses() -> None:
    assert not is_accepted(body_of(signed(ITEM), live="false"))
    assert is_accepted(body_of(signed(ITEM), live="false"), mode="test")
    assert not is_accepted(body_of(signed(ITEM), live="true"), mode="test")
    assert not is_accepted(body_of(signed(ITEM), live=None))
    assert not is_accepted(body_of(signed(ITEM), live=["true"]))


def test_what_is_signed_for_another_merchant_account_is_refused() -> None:
    ours, other = signed(ITEM), signed(ITEM | {"merchantAccountCode": "ShopPOS"})
    assert len(verified(body_of(ours, other))) == 2
    assert verified(body_of(ours), shop="ShopECOM")
    for body in (body_of(other), body_of(ours, other)):
        with pytest.raises(InvalidSignature):
            verified(body, shop="ShopECOM")


def test_how_the_account_captures_is_set_by_its_secret_and_never_by_a_webhook() -> None:
    body = body_of(signed(ITEM))
    assert verified(body, captures_later=True)[0]["captures_later"] is True
    changed = json.loads(body) | {"captures_later": True}
    assert verified(json.dumps(changed).encode()) == verified(body)


def test_a_missing_or_null_reference_is_signed_as_an_empty_one() -> None:
    without = {name: value for name, value in ITEM.items() if name != "originalReference"}
    assert is_accepted(body_of(signed(without)))
    assert is_accepted(body_of(signed(ITEM) | {"originalReference": None}))


def test_slashes_colons_and_letters_of_any_alphabet_are_signed_as_they_stand() -> None:
    for reference in ("a/b", "a\\b", "a:b", "tilaus-ä", "注文:1"):
        body = body_of(signed(ITEM | {"merchantReference": reference}))
        assert is_valid_hmac_notification(json.loads(body), KEY)
        item = verified(body)[0]["notificationItems"][0]["NotificationRequestItem"]
        assert item["merchantReference"] == reference


def test_a_colon_never_moves_from_one_field_into_the_next() -> None:
    """The same text, cut otherwise, has the same signature; one way of cutting it is right."""
    genuine = signed(ITEM | {"originalReference": "", "merchantReference": "A:order-1"})
    moved = genuine | {"merchantAccountCode": "ShopECOM:A", "merchantReference": "order-1"}
    assert is_valid_hmac_notification(json.loads(body_of(moved)), KEY)
    assert is_accepted(body_of(genuine))
    assert not is_accepted(body_of(moved))


pieces = st.lists(st.sampled_from(["A", "b", "", "7", "EUR", "CAPTURE", "true"]), max_size=5)


@given(st.text("AB1", min_size=1, max_size=3), pieces, st.data())
def test_a_signed_text_has_one_reading(psp: str, parts: list[str], draw: st.DataObject) -> None:
    """Cut a signed text into eight fields in any way: it is the item that was signed, or none."""
    item = ITEM | {"pspReference": psp, "merchantReference": ":".join(parts)}
    text = signed_bytes(signed_values(item)).decode().split(":")
    cuts = draw.draw(st.sets(st.integers(1, len(text) - 1), min_size=7, max_size=7).map(sorted))
    cut = [":".join(text[a:b]) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
    amount = {"value": int(cut[4]) if cut[4].isdecimal() else None, "currency": cut[5]}
    other = dict(zip(names, cut, strict=False)) | {"amount": amount}
    other |= {"eventCode": cut[6], "success": cut[7]}
    try:
        assert signed_fields(other) == signed_fields(item)
    except InvalidSignature:
        assert cuts != [1, 2, 3, len(text) - 4, len(text) - 3, len(text) - 2, len(text) - 1]


# What isn't acted on


def signed_in_any_form(item: dict[str, Any], key: str = KEY) -> dict[str, Any]:
    """Sign an item as Adyen does, whatever its fields are."""
    proof = hmac.digest(bytes.fromhex(key), signed_bytes(signed_values(item)), "sha256")
    more = {"hmacSignature": base64.b64encode(proof).decode()}
    return item | {"additionalData": more}


REPORT = ITEM | {"eventCode": "REPORT_AVAILABLE", "amount": {"value": 0, "currency": "EUR"}}
ODD = {
    "a URL for a name": REPORT | {"pspReference": "https://ca-live.adyen.com:443/r/a_2026-11.csv"},
    "colons everywhere": REPORT | {"pspReference": "a:b", "originalReference": "c:d"},
    "a value in words": REPORT | {"amount": {"value": "0", "currency": "EUR"}},
    "no amount": {name: value for name, value in REPORT.items() if name != "amount"},
    "an amount of nothing": REPORT | {"amount": None},
    "an amount without a currency": REPORT | {"amount": {"value": 0, "currency": None}},
    "no references": REPORT | {"pspReference": None, "merchantReference": None},
    "a long name": REPORT | {"pspReference": "r" * 3_000},
    "a line break": REPORT | {"merchantReference": "a\nb"},
    "success as a truth": REPORT | {"success": True},
    "a company's report": REPORT | {"merchantAccountCode": "SomeCompany"},
    "a code of tomorrow": ITEM | {"eventCode": "SOMETHING_NEW", "amount": {}},
    "a code in small letters": ITEM | {"eventCode": "something.new", "amount": {"value": "1.5"}},
    "no code": ITEM | {"eventCode": None},
    "a capture that failed to be made": ITEM
    | {"eventCode": "CAPTURE", "success": "false", "amount": {"value": "1", "currency": "EUR"}},
    "a card kept for later": ITEM | {"amount": {"value": "0", "currency": "EUR"}},
    "a test of a URL": ITEM | {"pspReference": "test_AUTHORISATION_1", "amount": None},
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_signed_and_not_acted_on_is_taken_in_whatever_its_form(name: str) -> None:
    """Refused, Adyen would send it for thirty days, before everything behind it."""
    (part,) = verified(body_of(signed_in_any_form(ODD[name])), shop="ShopECOM")
    (wrapped,) = part["notificationItems"]
    item = wrapped["NotificationRequestItem"]
    assert all(isinstance(value, str | dict) for value in item.values())
    assert max(len(str(value)) for value in item.values()) < 300


@pytest.mark.parametrize("name", ODD)
def test_what_is_not_acted_on_is_refused_unless_a_live_key_signed_it(name: str) -> None:
    forged = signed_in_any_form(ODD[name], STRANGE_KEY)
    unsigned = ODD[name] | {"additionalData": {}}
    no_form = signed_in_any_form(ODD[name]) | {"merchantReference": ["a"]}
    for item in (forged, unsigned, no_form):
        assert not is_accepted(body_of(item))


@pytest.mark.parametrize("name", ["pspReference", "originalReference", "merchantAccountCode"])
def test_what_is_acted_on_stays_strict(name: str) -> None:
    assert is_accepted(body_of(signed_in_any_form(CAPTURE)))
    assert not is_accepted(body_of(signed_in_any_form(CAPTURE | {name: "a:b"})))
    text = {"value": "10000", "currency": "EUR"}
    assert not is_accepted(body_of(signed_in_any_form(CAPTURE | {"amount": text})))


@given(st.text("AB1", min_size=1, max_size=3), pieces, st.data())
def test_no_cut_of_a_signed_text_makes_it_acted_on_or_keeps_it_from_that(
    psp: str, parts: list[str], draw: st.DataObject
) -> None:
    """A signed text cut otherwise is refused if it's acted on, and else it stays only counted."""
    code = draw.draw(st.sampled_from(["CAPTURE", "REPORT_AVAILABLE", "AUTHORISATION"]))
    item = ITEM | {"pspReference": psp, "merchantReference": ":".join(parts), "eventCode": code}
    genuine = signed_in_any_form(item)
    text = signed_bytes(signed_values(item)).decode().split(":")
    cuts = draw.draw(st.sets(st.integers(1, len(text) - 1), min_size=7, max_size=7).map(sorted))
    cut = [":".join(text[a:b]) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
    other = genuine | dict(zip(names, cut, strict=False))
    value: object = int(cut[4]) if cut[4].isdecimal() else cut[4]
    other |= {"amount": {"value": value, "currency": cut[5]}, "eventCode": cut[6]}
    other |= {"success": cut[7]}
    is_same = all(other[name] == genuine[name] for name in (*names, "amount", "eventCode"))
    if code == "REPORT_AVAILABLE":
        (part,) = verified(body_of(other))
        kept = part["notificationItems"][0]["NotificationRequestItem"]
        assert not is_acted_on(signed_values(kept))
    else:
        assert is_accepted(body_of(other)) == is_same


MALFORMED = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"live": "true"}',
    b'{"live": "true", "notificationItems": []}',
    b'{"live": "true", "notificationItems": {}}',
    b'{"live": "true", "notificationItems": [null]}',
    b'{"live": "true", "notificationItems": [{}]}',
    b'{"live": "true", "notificationItems": [{"NotificationRequestItem": []}]}',
    b"[" * 100_000,
    b'{"live": "true", "notificationItems": ' + b"9" * 5_000 + b"}",
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_webhook_of_adyens_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        verified(body)


AMOUNTS = ["1e4", "10000.0", '"10000"', "true", "NaN", "Infinity", "null", "10000000000000000000"]


@pytest.mark.parametrize("value", AMOUNTS)
def test_a_value_that_is_no_integer_is_refused(value: str) -> None:
    text = json.dumps(signed(ITEM)).replace('"value": 10000', f'"value": {value}')
    body = b'{"live": "true", "notificationItems": [{"NotificationRequestItem": %s}]}'
    assert not is_accepted(body % text.encode())


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_is_refused_wherever_it_stands(value: str) -> None:
    text = json.dumps(signed(ITEM)).replace('"034051:1111:03/2030"', value)
    body = b'{"live": "true", "notificationItems": [{"NotificationRequestItem": %s}]}'
    assert not is_accepted(body % text.encode())


def test_a_key_that_comes_twice_is_refused_since_another_parser_could_keep_the_other() -> None:
    text = json.dumps(signed(ITEM))
    twice = text.replace('"success": "true"', '"success": "false", "success": "true"')
    body = b'{"live": "true", "notificationItems": [{"NotificationRequestItem": %s}]}'
    assert is_valid_hmac_notification(json.loads(body % twice.encode()), KEY)
    assert is_accepted(body % text.encode())
    assert not is_accepted(body % twice.encode())


@pytest.mark.parametrize("more", [None, [], {}, {"hmacSignature": ""}, {"hmacSignature": 7}])
def test_an_item_without_a_signature_is_refused(more: object) -> None:
    assert not is_accepted(body_of(ITEM | {"additionalData": more}))
    assert not is_accepted(body_of(ITEM))
    assert not is_accepted(body_of(ITEM | {"additionalData": {"hmacSignature": "ä"}}))


def test_a_key_that_is_no_hex_is_our_mistake_and_adyen_sends_again() -> None:
    with pytest.raises(SecretsUnavailable) as refusal:
        verified(body_of(signed(ITEM)), ["not hex"])
    assert "not hex" not in str(refusal.value)


@given(st.binary(max_size=200))
def test_no_bytes_end_in_anything_but_a_refusal(body: bytes) -> None:
    assert not is_accepted(body)


def test_half_a_surrogate_pair_is_refused() -> None:
    text = json.dumps(signed(ITEM)).replace("order-1", "\\ud800")
    body = b'{"live": "true", "notificationItems": [{"NotificationRequestItem": %s}]}'
    assert not is_accepted(body % text.encode())
