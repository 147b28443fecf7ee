"""What a person writes and adds goes whole or not at all, and is seen before as it is sent."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.support.aws_stack import Stack
from tests.support.dispute_stage import DisputeStage, disputing
from tests.support.fake_clock import FakeClock

Opened = Callable[[str], DisputeStage]


@pytest.fixture
def opened(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opened]:
    """Open a dispute at the gateway that is named."""
    staged = []

    def at(gateway: str) -> DisputeStage:
        staged.append(disputing(gateway, stack, fake_clock, monkeypatch))
        made = staged[0].__enter__()
        made.open()
        return made

    yield at
    for one in staged:
        one.__exit__(None, None, None)


def written(length: int) -> str:
    """Return a statement of so many characters."""
    return ("We handed the parcel over. " * 800)[: length - 1] + "."


def notes(stage: DisputeStage) -> str:
    """Return the text that PayPal holds."""
    held = stage.fake.account.disputes[stage.gateway_id()]["evidences"]
    return "".join(one.get("notes", "") for one in held)


@pytest.mark.parametrize(
    ("gateway", "body", "says"),
    [
        (
            "paypal",
            {"statement": written(2_001)},
            "2,000 characters of text, and what you wrote has 2,001",
        ),
        ("paypal", {"statement": "x", "refund_policy": written(2_000)}, "wrote has 2,002"),
        ("stripe", {"statement": written(15_000), "refund_policy": written(5_000)}, "20,000"),
    ],
)
def test_a_statement_that_doesnt_fit_is_refused_before_anything_is_sent(
    opened: Opened, gateway: str, body: dict[str, str], says: str
) -> None:
    stage = opened(gateway)
    [problem] = stage.act("preview", body)[1]["evidence"]["problems"]
    assert says in problem

    status, answer = stage.act("answer", body)

    assert (status, says in answer["message"]) == (400, True)
    assert stage.submissions() == 0
    assert stage.dispute().answer == "none"


@pytest.mark.parametrize("length", [30, 1_800, 1_975, 2_000])
def test_what_is_gathered_fills_what_is_left_and_is_shown_as_it_is_sent(
    opened: Opened, length: int
) -> None:
    stage, body = opened("paypal"), {"statement": written(length)}
    seen = stage.act("preview", body)[1]["evidence"]

    assert stage.act("answer", body)[0] == 200

    assert notes(stage) == seen["statement"]
    assert seen["statement"].startswith(body["statement"])
    shown = [sentence for part in seen["parts"] for sentence in part["sentences"]]
    assert sorted(shown) == sorted(seen["statement"].split("\n"))
    assert len(seen["statement"]) <= 2_000
    assert ("It paid order order-1." in shown) is (length <= 1_975)


def test_what_a_short_field_doesnt_hold_stands_whole_in_the_letter(opened: Opened) -> None:
    stage, body = opened("klarna"), {"statement": written(600)}
    seen = stage.act("preview", body)[1]["evidence"]
    assert seen["statement"] == "The merchant's statement is in the attached evidence.pdf."
    assert [one["name"] for one in seen["files"]] == ["evidence.pdf"]
    assert {"section": "note", "sentences": [body["statement"]]} in seen["parts"]
    assert stage.act("answer", body)[0] == 200


def test_nothing_was_shipped_on_a_day_to_come(opened: Opened) -> None:
    stage = opened("stripe")
    day = stage.stage.clock.at.date()
    body = {"statement": "x", "shipped_on": str(day + timedelta(days=2))}
    assert "still to come" in stage.act("preview", body)[1]["evidence"]["problems"][0]
    assert stage.act("answer", body)[0] == 400
    assert stage.submissions() == 0
    assert stage.act("answer", body | {"shipped_on": str(day)})[0] == 200


def zipped(*names: str) -> bytes:
    """Return a ZIP of files of these names."""
    with ZipFile(content := BytesIO(), "w") as made:
        for one in names:
            made.writestr(one, "<x/>")
    return content.getvalue()


def test_a_docx_is_taken_and_no_other_zip(opened: Opened) -> None:
    stage = opened("klarna")
    for other in (b"PK\x03\x04zip", zipped("a.exe"), zipped("[Content_Types].xml", "xl/a.xml")):
        assert stage.add_file(other, name="a.docx")[0] == 400
    docx = zipped("[Content_Types].xml", "word/document.xml")
    assert stage.add_file(docx, name="a.docx")[0] == 200

    assert stage.act("answer", {"statement": "x"})[0] == 200
    assert stage.submissions() == 1


def test_what_a_person_leaves_out_stands_in_no_field_either(opened: Opened) -> None:
    stage = opened("stripe")
    body = {"statement": "x", "tracking_number": "JD014", "refund_policy": "None."}
    assert stage.act("answer", body | {"leaves_out": ["shipping", "order"]})[0] == 200
    held = stage.fake.account.find("dispute", stage.gateway_id())["evidence"]
    assert held["shipping_tracking_number"] is None
    assert held["product_description"] is None
    assert held["refund_policy_disclosure"] == "None."
    assert "JD014" not in held["uncategorized_text"]
