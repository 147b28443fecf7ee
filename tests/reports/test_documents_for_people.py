"""What is stored of a day opens right: in a spreadsheet, and whatever names bring with them."""

import codecs
from datetime import UTC, date, datetime

import pytest

from kassa.archive.manifests import Manifest
from kassa.core.periods import Period
from kassa.reports.build_documents import build_documents, plain_numbers
from kassa.reports.frame import framed
from tests.support.facts import captured
from tests.support.reports import source_of

DAY = Period.of(date(2026, 11, 21), "UTC")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OVERRIDE = "\u202e"


def test_every_csv_begins_with_the_mark_that_excel_knows_utf_8_by() -> None:
    with source_of([captured("pi_1", NOON, (1_00, "EUR"))], DAY) as source:
        _, made = build_documents(source)

    sheets = {name: body for name, body in made.items() if name.endswith(".csv")}
    assert len(sheets) >= 6
    for name, body in sheets.items():
        assert body.count(codecs.BOM_UTF8) == 1, name
        assert body.startswith(codecs.BOM_UTF8), name


@pytest.mark.parametrize(("layout", "is_kept"), [(3, True), (4, False)])
def test_no_name_turns_an_amount_round_since_the_fourth_layout(layout: int, is_kept: bool) -> None:
    manifest = Manifest(
        layout=layout, merchant_id="main", merchant_name="Shop", period=DAY,
        is_closed=True, built_at=NOON, files=(),
    )  # fmt: skip

    page = framed(manifest, "Title", f"<p>Cup{OVERRIDE} 10.00 EUR</p>", "")
    assert (OVERRIDE in page) is is_kept


def test_json_has_no_exponent_and_texts_keep_theirs() -> None:
    body = rb'{"share": 3e-06, "sku": "3e-06 \" 1e-5", "of": [-2.5e-07, 1e+16]}'

    assert plain_numbers(body) == (
        rb'{"share": 0.000003, "sku": "3e-06 \" 1e-5", "of": [-0.00000025, 10000000000000000]}'
    )
