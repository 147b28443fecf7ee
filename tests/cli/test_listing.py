"""Tables of the command line: what an operator copies out of them stays whole at any width."""

import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli.listing import Listing

EVENT = "balance:txn_0000237bd702d0d82f10332f"
PAYMENT = "pi_00001d8f7bc1214cb9aa73c5"
LONG = f"{PAYMENT}:ch_{'0' * 60}:PaymentCaptured"


def printed(made: Listing, width: int) -> list[str]:
    written = StringIO()
    made.print(Console(file=written, width=width))
    return written.getvalue().splitlines()


def events(*event_ids: str) -> Listing:
    made = Listing("Events", ["Booked", "Event, about", "Type, facts"], {"Event, about"})
    for event_id in event_ids:
        made.add_row(
            "02:25:20",
            f"{event_id}\n[dim]{PAYMENT}[/dim]",
            "kassa.balance_transaction\nnothing new",
        )
    return made


def test_ids_stand_in_their_column_where_there_is_room() -> None:
    lines = printed(events(EVENT), 80)

    [row] = [line for line in lines if EVENT in line]
    assert row.split() == ["02:25:20", EVENT, "kassa.balance_transaction"]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("event_id", [EVENT, LONG, "e" * 300])
def test_an_id_is_never_folded_nor_cut(width: int, event_id: str) -> None:
    lines = printed(events(event_id, "evt_2"), width)

    assert any(event_id in line.split() for line in lines)
    assert any(PAYMENT in line.split() for line in lines)
    assert any("evt_2" in line.split() for line in lines)


def test_nothing_of_a_row_is_lost_where_there_is_no_room() -> None:
    text = " ".join(" ".join(printed(events(LONG), 80)).split())

    for word in ("Booked 02:25:20", "kassa.balance_transaction, nothing new", "Events"):
        assert word in text


@pytest.mark.parametrize("width", [30, 40, 80])
def test_what_is_short_is_never_folded(width: int) -> None:
    made = Listing("", ["Number", "State", "Owed>"], {"Number"})
    made.add_row("2026-00000013", "uncollectible", "7,280 JPY")

    text = "\n".join(printed(made, width))
    assert ("uncollectible" in text, "7,280 JPY" in text) == (True, True)


def test_brackets_of_a_name_are_not_taken_for_markup() -> None:
    made = Listing("Keys", ["Key", "Name"], {"Key"})
    made.add_row("key_1", r"\[bold]shop")

    assert "[bold]shop" in " ".join(printed(made, 12))


@given(
    ids=st.lists(st.from_regex(r"[a-z_0-9:-]{1,120}", fullmatch=True), min_size=1, max_size=4),
    words=st.lists(st.from_regex(r"[a-z ]{0,60}", fullmatch=True), min_size=4, max_size=4),
    width=st.integers(10, 180),
)
def test_every_id_can_be_copied_at_every_width(
    ids: list[str], words: list[str], width: int
) -> None:
    made = Listing("All", ["Id", "Kind", "Amount>", "Other"], {"Id", "Other"})
    for one, word in zip(ids, words, strict=False):
        made.add_row(one, word, "1.00 EUR", f"o{one}")

    found = {word for line in printed(made, width) for word in re.split(r"\s+", line)}

    assert {*ids[:4], *(f"o{one}" for one in ids[:4])} <= found
