"""The certificate of a month's end is whole, and the same whatever is numbered and voided later."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.handover.certificates import Head, months_numbers, write_certificate
from kassa.billing.numbering.record import Statement, hashed, text_of
from kassa.billing.numbering.series import Series, Voided, next_entry, void_entry
from kassa.billing.numbering.store import issued, kept
from kassa.billing.numbering.verification import verified

OCTOBER = datetime(2026, 10, 25, 12, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
# How many days after the act before, and which number becomes void, or none: a new one is given.
ACTS = st.lists(st.tuples(st.sampled_from([0, 0, 1, 7, 20]), st.none() | st.integers(0, 9)))

Items = list[dict[str, Any]]


def acted(acts: list[tuple[int, int | None]], until: datetime | None = None) -> Items:
    """Return the items of a series after acts, up to an instant."""
    series, items, at = Series(merchant_id="main", name="2026"), Items(), OCTOBER
    for days, voided in acts:
        at += timedelta(days=days)
        if at.year > 2026 or (until and at >= until):
            break
        if voided is None:
            source = {"source_id": f"s{len(items)}", "kind": DocumentKind.INVOICE}
            statement = Statement.model_validate(source | {"currency": "EUR", "gross_minor": 1})
            entry, series = next_entry(statement, series, at.date())
            items.append({"entry": text_of(entry), "entry_hash": hashed(text_of(entry))})
        elif voided < len(items) and "void_entry" not in items[voided]:
            void, series = void_entry(voided + 1, series, Voided("why", "person_1", at))
            text = text_of(void)
            items[voided] |= {"void_entry": text, "void_hash": hashed(text), "state": "void"}
    return items


def certified(items: Items) -> str:
    """Return the certificate of November, cut as a hand-over cuts it."""
    documents = [issued(item) for item in items]
    last = sum(one.entry.issued_on < END.date() for one in documents)
    later = [one.entry.position for one in documents[last:]]
    head = Head()
    for one in documents[:last]:
        is_void = one.void is not None and one.void.at < END
        head = head.after(one, is_void, later[0] if later else None)
    fields = {"last_number": last, "last_position": head.position, "last_hash": head.hash}
    series, file = Series(merchant_id="main", name="2026", **fields), io.StringIO()
    write_certificate(file, series, map(kept, items[:last]), END)
    return file.getvalue()


@given(ACTS)
def test_it_is_whole_and_what_comes_later_changes_nothing(
    acts: list[tuple[int, int | None]],
) -> None:
    certificate = certified(acted(acts))

    assert verified(certificate.splitlines()).broken is None
    assert certificate == certified(acted(acts, until=END))


@given(ACTS)
def test_the_numbers_of_the_month_are_those_that_bear_its_days(
    acts: list[tuple[int, int | None]],
) -> None:
    items = acted(acts)
    entries = [line["entry"] for line in months_numbers(certified(items).splitlines(), "2026-11")]

    assert entries == [
        one for item in items if "-11-" in (one := json.loads(item["entry"]))["issued_on"]
    ]
