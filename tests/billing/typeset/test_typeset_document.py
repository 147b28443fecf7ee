"""What was worked out becomes a PDF/A-3 that says all of it, in the same bytes every time."""

import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.totals import worked_out
from kassa.billing.typeset import engine
from kassa.billing.typeset.branding import Branding
from kassa.billing.typeset.engine import FONT_PACKAGES, MISSING, typesetter
from kassa.billing.typeset.texts import LANGUAGES, every_text, texts_of
from kassa.billing.typeset.typeset_document import (
    LAYOUTS,
    document_sheet,
    inputs_of,
    refuse_unprintable,
    typeset_document,
)
from kassa.core.errors import InvalidRequest
from kassa.customers.parties import Party
from tests.support.billing import line
from tests.support.effort import few
from tests.support.pdf_text import fonts_of, plain, text_of
from tests.support.pictures import pixels
from tests.support.printed_documents import TAGS, document, sold, standard_tax, unsaid

ROOT = Path(__file__).parents[3]
NUMBER = "2026-00000042"
LATIN, CJK, THAI = "SourceSans3", "NotoSansCJKjp", "NotoSansThai"


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("kind", DocumentKind)
def test_a_document_is_pdf_a_3a_and_ua_1_and_says_everything(kind: DocumentKind, tag: str) -> None:
    one = document(tag, lines=2, kind=kind)
    pdf = typeset_document(one, NUMBER)

    assert re.search(rb"pdfaid:part>\s*3", pdf)
    assert re.search(rb"pdfaid:conformance>\s*A", pdf)
    assert re.search(rb"pdfuaid:part>\s*1", pdf)
    assert unsaid(document_sheet(one, NUMBER).data["document"], pdf) == []
    assert MISSING not in text_of(pdf)


@pytest.mark.parametrize(
    ("tag", "fonts"),
    [("en", {LATIN}), ("fi", {LATIN}), ("ru", {LATIN}), ("ja", {LATIN, CJK}),
     ("zh-HK", {LATIN, CJK}), ("th", {LATIN, THAI})],
)  # fmt: skip
def test_each_script_has_its_font_embedded(tag: str, fonts: set[str]) -> None:
    carried = fonts_of(typeset_document(document(tag, lines=2), NUMBER))
    assert {re.split(r"[-_]|(?=Roman)", name)[0] for name in carried} == fonts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_language_has_its_glyphs(language: str) -> None:
    written = [text for _, text in every_text(texts_of(language)) if isinstance(text, str)]
    assert typesetter(LAYOUTS, FONT_PACKAGES).missing(written) == []


@pytest.mark.parametrize("tags", [("ja", "en"), ("th", "en"), ("fi", "ru"), ("zh-HK", "en")])
def test_a_second_language_stands_beside_the_first(tags: tuple[str, str]) -> None:
    one = document(tags[0], lines=2, languages=tags)
    fields = document_sheet(one, NUMBER).data["document"]

    assert unsaid(fields, typeset_document(one, NUMBER)) == []
    assert all(len(label) == 2 for label, _ in fields["facts"])


@pytest.mark.parametrize(("reason", "is_named"), [("Discount", False), ("Last one", True)])
def test_why_something_is_taken_off_is_said_unless_it_is_the_same_again(
    reason: str, is_named: bool
) -> None:
    off = Adjustment(amount_minor=500, reason=reason)
    row = line(4500, tax=standard_tax("en"), adjustments=(off,))
    draft = sold("en").model_copy(update={"lines": (row,)})
    (shown,) = document_sheet(worked_out(draft), NUMBER).data["document"]["lines"]

    assert shown["details"][-1].startswith("Discount: Last one, " if is_named else "Discount, ")


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import hashlib; from kassa.billing.typeset.typeset_document import typeset_document;"
        "from tests.support.printed_documents import document;"
        "print(hashlib.sha256(typeset_document(document('th', 3), '1', attachment=b'<a/>'))"
        ".hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'common'}", "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    ours = typeset_document(document("th", 3), "1", attachment=b"<a/>")
    assert done.stdout.strip() == hashlib.sha256(ours).hexdigest()


def test_sixty_lines_run_over_pages_that_all_have_head_and_number() -> None:
    pdf = typeset_document(document("fi", lines=60), NUMBER)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]

    assert len(pages) == 3
    assert [f"Sivu {at}/3" in page for at, page in enumerate(pages, 1)] == [True] * 3
    assert ["Yksikköhinta" in page for page in pages][:2] == [True, True]
    assert all(NUMBER in page for page in pages)


def test_a_character_no_font_has_does_not_cost_a_document() -> None:
    found = text_of(typeset_document(document("en", order_id="😀 𓀀"), NUMBER))
    assert f"{MISSING}{MISSING}" in found


def test_a_draft_with_a_character_no_font_has_is_refused_by_its_fields() -> None:
    sold = document("fi", lines=2).draft
    refuse_unprintable(sold)
    buyer = Party(name="Ивана 山田 홍길동 Ωmega ไทย", address=sold.seller.address)
    refuse_unprintable(sold.model_copy(update={"buyer": buyer}))

    lamp = sold.lines[1].model_copy(update={"name": "Lamp 😀"})
    buyer = buyer.model_copy(update={"name": "דוד"})
    wrong = sold.model_copy(update={"buyer": buyer, "lines": (sold.lines[0], lamp)})
    with pytest.raises(InvalidRequest) as refused:
        refuse_unprintable(wrong)
    assert str(refused.value) == (
        "buyer.name: no font has ד (U+05D3) ו (U+05D5); lines.1.name: no font has 😀 (U+1F600)"
    )


def test_of_a_capture_the_log_says_where_a_character_stands_that_no_font_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[dict[str, Any]] = []
    monkeypatch.setattr(engine.logger, "warning", lambda phrase, **more: logged.append(more))
    typeset_document(document("en", order_id="A 😀"), NUMBER)

    (one,) = logged
    assert one["characters"] == ["U+1F600"]
    assert one["fields"] == ["document.facts.3.1"]


def test_what_turns_the_direction_of_writing_is_taken_out() -> None:
    found = text_of(typeset_document(document("en", order_id="A\u202e1001\u2066"), NUMBER))
    assert "A1001" in found


def test_a_logo_that_is_no_picture_is_left_out() -> None:
    broken = Branding.model_validate({"logo": "bm90IGEgcGljdHVyZQ=="})
    assert plain("Lamppu Oy") in text_of(typeset_document(document("fi"), NUMBER, broken))


@pytest.mark.parametrize("text", ["#panic()", "*x* $1/0$", "@ref <label>", '"\\u{0}', "// / = -"])
def test_markup_is_printed_and_never_run(text: str) -> None:
    assert plain(text.replace("\x00", MISSING)) in text_of(
        typeset_document(document("en", note=text), NUMBER)
    )


UNUSUAL = st.text(max_size=30) | st.text(
    "\u0e48\u0e33\u0301\u3099\u200d\ufe0f\u202e한א🇫🇮\n", max_size=9
)


@given(UNUSUAL, UNUSUAL)
@few(12, deadline=None)
def test_no_text_costs_a_document(name: str, note: str) -> None:
    seller = document("th").draft.seller.model_copy(update={"name": name or "x"})
    assert typeset_document(document("th", seller=seller, note=note or None), NUMBER)


@pytest.mark.parametrize("tag", ["fi", "th", "ja"])
def test_five_hundred_letters_without_a_space_stay_within_the_margins(tag: str) -> None:
    seller = document(tag).draft.seller
    address = seller.address.model_copy(update={"lines": ("A" * 300,), "city": "C" * 300})
    long = seller.model_copy(update={"name": "S" * 300, "address": address, "tax_id": "T" * 40})
    one = document(tag, 3, seller=long, buyer=long, order_id="X" * 100, note="N" * 500,
                   payment_terms="P" * 500, purchase_order="Q" * 100)  # fmt: skip
    line = one.lines[0].line.model_copy(update={"name": "L" * 300, "description": "D" * 900})
    wide = one.lines[0]._replace(line=line, entered_minor=10**15, price_minor=10**15)
    sheet = document_sheet(one._replace(lines=(wide, *one.lines[1:])), NUMBER)
    machine = typesetter(LAYOUTS, FONT_PACKAGES)

    edge = round(18 / 25.4 * 20) * 4  # eighteen of the margin's twenty millimetres, in bytes
    for page in machine.pictures(sheet.layout, inputs_of(sheet, machine), ppi=20.0):
        for row in pixels(page):
            assert set(row[:edge]) | set(row[-edge:]) == {255}
