"""What was worked out becomes a PDF/A-3 that says all of it, in the same bytes every time."""

import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from kassa.billing.documents.draft import DocumentKind
from kassa.billing.typeset.branding import Branding
from kassa.billing.typeset.engine import MISSING
from kassa.billing.typeset.typeset_document import document_sheet, typeset_document
from tests.support.printed_documents import TAGS, document, fonts_of, is_readable, plain, text_of

ROOT = Path(__file__).parents[3]
NUMBER = "2026-00000042"
LATIN, CJK, THAI = "SourceSans3", "NotoSansCJKjp", "NotoSansThai"


def said(sheet_data: object) -> set[str]:
    """Return every text that a sheet hands to its layout."""
    if isinstance(sheet_data, str):
        return {line for line in sheet_data.split("\n") if line}
    if isinstance(sheet_data, dict):
        return set().union(*map(said, sheet_data.values()), set())
    if isinstance(sheet_data, list | tuple):
        return set().union(*map(said, sheet_data), set())
    return set()


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("kind", DocumentKind)
def test_a_document_is_pdf_a_3a_and_ua_1_and_says_everything(kind: DocumentKind, tag: str) -> None:
    one = document(tag, lines=2, kind=kind)
    pdf = typeset_document(one, NUMBER)

    assert re.search(rb"pdfaid:part>\s*3", pdf)
    assert re.search(rb"pdfaid:conformance>\s*A", pdf)
    assert re.search(rb"pdfuaid:part>\s*1", pdf)
    fields = document_sheet(one, NUMBER).data["document"]
    fields = {name: value for name, value in fields.items() if name != "kind"}
    found = text_of(pdf)
    assert [text for text in said(fields) if is_readable(text) and plain(text) not in found] == []
    assert MISSING not in found


@pytest.mark.parametrize(
    ("tag", "fonts"),
    [("en", {LATIN}), ("fi", {LATIN}), ("ru", {LATIN}), ("ja", {LATIN, CJK}),
     ("zh-HK", {LATIN, CJK}), ("th", {LATIN, THAI})],
)  # fmt: skip
def test_each_script_has_its_font_embedded(tag: str, fonts: set[str]) -> None:
    carried = fonts_of(typeset_document(document(tag, lines=2), NUMBER))
    assert {re.split(r"[-_]|(?=Roman)", name)[0] for name in carried} == fonts


@pytest.mark.parametrize("tags", [("ja", "en"), ("th", "en"), ("fi", "ru"), ("zh-HK", "en")])
def test_a_second_language_stands_beside_the_first(tags: tuple[str, str]) -> None:
    one = document(tags[0], lines=2, languages=tags)
    found = text_of(typeset_document(one, NUMBER))
    fields = document_sheet(one, NUMBER).data["document"]

    assert [
        text
        for text in said(fields) - {"invoice"}
        if is_readable(text) and plain(text) not in found
    ] == []
    assert all(len(label) == 2 for label, _ in fields["facts"])


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
