"""The audit trail shows what was changed, taken out, put in, moved or written anew."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.audit.checks import Break, KeptItem, Walk
from kassa.audit.trail import (
    GENESIS,
    Act,
    Actor,
    AuditItem,
    ChainHead,
    DayHead,
    at_day,
    first_head,
    hashed,
    linked,
    noted,
)

FIRST = date(2026, 11, 21)
NEXT = FIRST + timedelta(days=1)
LAST = FIRST + timedelta(days=2)
BY = Actor(person_id="anna", key_id="k1")
Days = dict[date, list[KeptItem]]


def act(number: int) -> Act:
    return Act(operation="refund.approve", object_id=f"refund_request/rr_{number}", by=BY)


def kept(item: AuditItem) -> KeptItem:
    content = item.content()
    return KeptItem(item.day, f"{item.number:08d}", content, hashed(content))


def chain(*counts: int) -> tuple[Days, ChainHead]:
    """Return a chain with so many acts on each of the days, and its head."""
    head, days = first_head(FIRST), Days()
    for n, count in enumerate(counts):
        day = FIRST + timedelta(days=n)
        days[day] = []
        for number in range(count):
            at = datetime(day.year, day.month, day.day, 9, number, tzinfo=UTC)
            item, head = linked(act(number), head, at)
            days[day].append(kept(item))
    return days, head


def published_of(days: Days) -> dict[date, DayHead]:
    """Return what was published of days that are over."""
    heads, last = {}, GENESIS
    for day, items in days.items():
        last = items[-1].hash if items else last
        heads[day] = DayHead(day=day, count=len(items), head_hash=last)
    return heads


def broken(
    days: Days, head: ChainHead, published: dict[date, DayHead] | None = None
) -> Break | None:
    walk = Walk(GENESIS, published or {})
    counts = {day: walk.day(day, items) for day, items in days.items()}
    walk.end(head, counts[head.day])
    return walk.broken


def changed(item: KeptItem, **fields: object) -> KeptItem:
    """Return an item that says something else, with the hash that fits."""
    values = json.loads(item.content) | fields
    content = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return item._replace(content=content, hash=hashed(content))


@pytest.mark.parametrize("counts", [(3, 2, 2), (1, 0, 1), (0, 0, 4), (5,)])
def test_an_untouched_chain_is_whole_and_agrees_with_what_was_published(
    counts: tuple[int, ...],
) -> None:
    days, head = chain(*counts)

    assert broken(days, head, published_of(days)) is None


def test_a_changed_field_is_named() -> None:
    days, head = chain(3, 2, 2)
    item = days[NEXT][0]
    days[NEXT][0] = item._replace(content=item.content.replace("rr_0", "rr_9"))

    assert broken(days, head) == Break("2026-11-22/1", "was changed: it isn't what its hash says")


def test_a_changed_field_with_the_hash_that_fits_breaks_the_next_items_link() -> None:
    days, head = chain(3, 2, 2)
    days[NEXT][0] = changed(days[NEXT][0], object_id="refund_request/rr_9")

    found = broken(days, head)

    assert found is not None
    assert found.item_id == "2026-11-22/2"
    assert "doesn't follow from 2026-11-22/1" in found.what


def test_a_missing_item_is_named() -> None:
    days, head = chain(3, 3, 2)
    del days[NEXT][1]

    assert broken(days, head) == Break("2026-11-22/2", "is missing: after it comes 2026-11-22/3")


def test_missing_last_items_of_the_newest_day_are_beyond_the_head() -> None:
    days, head = chain(3, 2, 4)
    del days[LAST][2:]

    assert broken(days, head) == Break("2026-11-23/3", "is missing: the chain's head is beyond")


def test_the_missing_last_item_of_an_older_day_breaks_the_link_over_midnight() -> None:
    days, head = chain(3, 0, 1)
    del days[FIRST][2]

    found = broken(days, head)

    assert found is not None
    assert found.item_id == "2026-11-23/1"
    assert "2026-11-21/2" in found.what


def test_an_item_that_was_put_in_at_a_days_end_is_named() -> None:
    days, head = chain(3, 2)
    item, _ = linked(act(7), first_head(FIRST), datetime(2026, 11, 21, 10, tzinfo=UTC))
    extra = item.model_copy(update={"number": 4, "previous": days[FIRST][2].hash})
    days[FIRST].append(kept(extra))

    assert broken(days, head) == Break(
        "2026-11-21/4", "was put in: 2026-11-22/1 doesn't follow from it"
    )


def test_an_item_that_was_put_in_at_the_very_end_is_beyond_the_head() -> None:
    days, head = chain(1, 2)
    item, _ = linked(act(9), head, datetime(2026, 11, 22, 10, tzinfo=UTC))
    days[NEXT].append(kept(item))

    assert broken(days, head) == Break("2026-11-22/3", "was put in: the chain's head is before it")


def test_an_item_under_a_key_between_two_is_named() -> None:
    days, head = chain(3)
    days[FIRST].insert(1, days[FIRST][0]._replace(place="00000001x"))

    assert broken(days, head) == Break("2026-11-21/00000001x", "was put in: no item has that place")


def test_items_in_each_others_place_are_named() -> None:
    days, head = chain(4)
    one, two = days[FIRST][1], days[FIRST][2]
    days[FIRST][1:3] = [two._replace(place=one.place), one._replace(place=two.place)]

    assert broken(days, head) == Break("2026-11-21/2", "was moved: it says that it is 2026-11-21/3")


def test_a_day_written_wholly_anew_is_shown_by_the_head_that_was_published() -> None:
    published = published_of(chain(3, 2)[0])
    forged, forged_head = chain(3, 2)
    forged[FIRST][0] = changed(forged[FIRST][0], object_id="refund_request/rr_9")
    last = GENESIS
    for day, items in forged.items():
        for n, item in enumerate(items):
            items[n] = changed(item, previous=last)
            last = items[n].hash
        forged[day] = items
    forged_head = forged_head.model_copy(update={"hash": last})

    assert broken(forged, forged_head) is None
    assert broken(forged, forged_head, {FIRST: published[FIRST]}) == Break(
        "2026-11-21", "was written anew: its head isn't the one that was published"
    )


def test_a_day_that_lost_items_and_was_made_to_fit_is_shown_by_what_was_published() -> None:
    published = published_of(chain(3, 2)[0])
    days, head = chain(2, 2)

    assert broken(days, head, published) == Break(
        "2026-11-21", "has 2 items, but was published with 3"
    )


@pytest.mark.parametrize("content", ["", "not JSON", "[1]", "null"])
def test_what_cant_be_read_is_named_too(content: str) -> None:
    days, head = chain(2)
    days[FIRST][0] = days[FIRST][0]._replace(content=content, hash=hashed(content))

    found = broken(days, head)

    assert found is not None
    assert found.item_id == "2026-11-21/1"


@given(
    counts=st.lists(st.integers(0, 4), min_size=1, max_size=4).filter(any),
    data=st.data(),
)
def test_no_single_tampering_goes_unseen(counts: list[int], data: st.DataObject) -> None:
    days, head = chain(*counts)
    places = [(day, n) for day, items in days.items() for n in range(len(items))]
    day, n = data.draw(st.sampled_from(places))
    item = days[day][n]
    match data.draw(st.sampled_from(["change", "fit", "remove", "repeat", "rehash"])):
        case "change":
            days[day][n] = item._replace(content=item.content.replace("anna", "bert"))
        case "fit":
            days[day][n] = changed(item, by={"key_id": "k2"})
        case "remove":
            del days[day][n]
        case "repeat":
            days[day].insert(n, item)
        case _:
            days[day][n] = item._replace(hash=hashed("other"))

    assert broken(days, head) is not None


def test_a_clock_that_lags_writes_into_the_others_day() -> None:
    head = first_head(FIRST)
    _, head = linked(act(1), head, datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC))
    item, head = linked(act(2), head, datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC))

    assert (item.item_id, item.at.day) == ("2026-11-22/2", 21)
    assert at_day(head, FIRST) == head


def test_an_item_says_no_more_than_is_known_and_the_same_each_time() -> None:
    item, _ = linked(act(1), first_head(FIRST), datetime(2026, 11, 21, 9, tzinfo=UTC))

    assert "null" not in item.content()
    assert AuditItem.model_validate_json(item.content()).content() == item.content()


def test_what_a_later_release_adds_to_an_item_is_left_unread_and_hashed() -> None:
    days, head = chain(1)
    added = changed(days[FIRST][0], later="field")
    head = head.model_copy(update={"hash": added.hash})

    assert broken({FIRST: [added]}, head) is None
    assert AuditItem.model_validate_json(added.content).object_id == "refund_request/rr_0"


def test_free_text_is_named_and_not_kept() -> None:
    assert noted("Kaisa rang us") == noted("Kaisa rang us") != noted("Kaisa wrote to us")
    assert "Kaisa" not in noted("Kaisa rang us")
