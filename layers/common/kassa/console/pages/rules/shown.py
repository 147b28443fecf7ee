"""What the screens of rules show of any kind: versions, who changes them, and a draft's rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kassa.console.drafts.draft import Draft
from kassa.console.pages.rules.difference import Change, difference
from kassa.console.pages.rules.kind import Checked, Document, Kind, Version
from kassa.console.pages.rules.rows import rows_of
from kassa.reports.localization import Texts

Place = tuple[datetime, Texts, ZoneInfo]  # now, the language, the merchant's clock
HISTORY_MAX = 20
DATES = ("effective_from", "note")
NAMED = {"rule": "rules", "route": "routes", "step": "steps", "fee": "late_fees"}


def of_kind(of: Kind, versions: Sequence[Version], place: Place) -> dict[str, Any]:
    """Return a kind of rules with the version that rules now, and what is to come."""
    now, texts, zone = place
    ruling = next((one for one in versions if (one.begins_at or one.saved_at) <= now), None)
    ahead = [one for one in versions if ruling is None or one.number > ruling.number]
    return {
        "kind": of.name,
        "version": ruling.number if ruling else 0,
        "since": _at(ruling.begins_at or ruling.saved_at, texts, zone) if ruling else "",
        "note": ruling.note if ruling else "",
        "doc": ruling.document if ruling else of.start(),
        "ahead": [(one.number, _at(one.begins_at or one.saved_at, texts, zone)) for one in ahead],
    }


def history(
    versions: Sequence[Version], names: Mapping[str, str], place: Place
) -> list[dict[str, Any]]:
    """Return the newest versions, each with who saved it, when, and what it changed."""
    _, texts, zone = place
    before = [*versions[1:], None]
    return [
        {
            "number": one.number,
            "by": names.get(one.saved_by or "", one.saved_by or ""),
            "saved": _at(one.saved_at, texts, zone),
            "begins": _at(one.begins_at, texts, zone) if one.begins_at else "",
            "note": one.note,
            "changes": _differ(earlier.document, one.document) if earlier else [],
        }
        for one, earlier in zip(versions[:HISTORY_MAX], before, strict=False)
    ]


def draft(one: Draft, names: Mapping[str, str], place: Place) -> dict[str, str]:
    """Return who is changing rules, and since when."""
    _, texts, zone = place
    return {
        "person_id": one.person_id,
        "name": names.get(one.person_id, one.person_id),
        "at": _at(one.written_at, texts, zone),
    }


def lists(of: Kind, fields: Mapping[str, str], checked: Checked) -> dict[str, list[dict[str, Any]]]:
    """Return a form's rows by their list, each with what the check says of it."""
    return {kind: list(_rows(of, kind, fields, checked)) for kind in of.empty}


def _rows(
    of: Kind, kind: str, fields: Mapping[str, str], checked: Checked
) -> Iterator[dict[str, Any]]:
    """Yield a list's rows; one without a word isn't counted by the check."""
    empty, counted = of.empty[kind], 0
    chosen = {part for part, value in empty.items() if value}
    for row in rows_of(fields, kind):
        is_filled = any(value for part, value in row.items() if part not in chosen)
        remarks = checked.found.of(NAMED[kind], counted) if is_filled else ()
        yield {"row": dict.fromkeys(empty, "") | row, "remarks": remarks}
        counted += is_filled


def changes(newest: Version | None, checked: Checked) -> list[Change]:
    """Return what a draft changes of the newest version."""
    if newest is None or checked.document is None:
        return []
    return _differ(newest.document, checked.document)


def _differ(before: Document, after: Document) -> list[Change]:
    """Return how documents differ; from when on each rules is remarks apart."""
    remarks = ({n: v for n, v in one.items() if n not in DATES} for one in (before, after))
    return difference(*remarks)


def _at(at: datetime, texts: Texts, zone: ZoneInfo) -> str:
    return texts.instant(at.astimezone(zone))
