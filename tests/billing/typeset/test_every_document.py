"""Every kind of document in every language, long and in two languages, read back from its PDF."""

import re
from collections.abc import Callable

import pytest

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.typeset.engine import MISSING
from kassa.billing.typeset.texts import Wording
from kassa.billing.typeset.typeset_document import Sheet, as_pdf, document_sheet, letter_sheet
from tests.support.pdf_text import fonts_of, pages_of, plain
from tests.support.printed_documents import TAGS, document, reminder, statement, unsaid

LATIN, CJK, THAI = "SourceSans3", "NotoSansCJKjp", "NotoSansThai"
FONTS = {"en": {LATIN}, "fi": {LATIN}, "ru": {LATIN}, "ja": {LATIN, CJK}}
FONTS |= {"zh-HK": {LATIN, CJK}, "th": {LATIN, THAI}}
PAIRS = [("ja", "en"), ("th", "en"), ("fi", "ru"), ("zh-HK", "en"), ("en", "th"), ("ru", "ja")]
Made = Callable[[tuple[str, ...], int], Sheet]


def of_kind(kind: DocumentKind) -> Made:
    return lambda tags, rows: document_sheet(
        document(tags[0], rows, kind=kind, languages=tags), "2026-00000042"
    )


def of_reminder(tags: tuple[str, ...], rows: int) -> Sheet:
    one = reminder(*tags)
    late = [one.overdue[0].model_copy(update={"number": f"R-{at:04d}"}) for at in range(rows)]
    return letter_sheet(one.model_copy(update={"overdue": tuple(late)}))


def of_statement(tags: tuple[str, ...], rows: int) -> Sheet:
    return letter_sheet(statement(*tags, rows=rows))


KINDS: dict[str, Made] = {kind.value: of_kind(kind) for kind in DocumentKind}
KINDS |= {"reminder": of_reminder, "statement": of_statement}
every_kind = pytest.mark.parametrize("kind", KINDS)


def fonts(pdf: bytes) -> set[str]:
    return {re.split(r"[-_]|(?=Roman)", name)[0] for name in fonts_of(pdf)}


@every_kind
@pytest.mark.parametrize("tag", TAGS)
def test_sixty_rows_say_all_with_head_and_number_on_each_page(kind: str, tag: str) -> None:
    sheet = KINDS[kind]((tag,), 60)
    pdf = as_pdf(sheet)
    pages = pages_of(pdf)
    fields, count = sheet.data["document"], len(pages)
    head = fields["table"]["head"] if "table" in fields else [fields["columns"]["description"]]

    assert unsaid(fields, pdf) == []
    assert MISSING not in "".join(pages)
    assert fonts(pdf) == FONTS[tag]
    assert count in (2, 3, 4)
    for number, page in enumerate(pages, 1):
        (phrase,) = Wording([tag]).phrase("sentences", "page", page=str(number), pages=str(count))
        assert plain(phrase) in page
        assert plain(fields["number"]) in page
    assert all(plain(head[0][0]) in page for page in pages[: count - 1])


@every_kind
@pytest.mark.parametrize("tags", PAIRS, ids="-".join)
def test_two_languages_say_all_of_it_each_in_its_letters(kind: str, tags: tuple[str, str]) -> None:
    sheet = KINDS[kind](tags, 1)
    pdf = as_pdf(sheet)

    assert unsaid(sheet.data["document"], pdf) == []
    assert fonts(pdf) == FONTS[tags[0]] | FONTS[tags[1]]
    labels = [label for label, _ in sheet.data["document"]["facts"]]
    assert all(len(label) == 2 for label in labels)
