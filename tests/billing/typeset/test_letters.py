"""Reminders and statements of account: what is owed, in every language."""

import io

import pytest
from pypdf import PdfReader

from kassa.billing.typeset.typeset_document import letter_sheet, typeset_letter
from tests.support.pdf_text import plain, text_of
from tests.support.printed_documents import TAGS, reminder, statement, unsaid


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_reminder_says_everything_in_every_language(level: int, tag: str) -> None:
    one = reminder(tag, level=level)
    assert unsaid(letter_sheet(one).data["document"], typeset_letter(one)) == []


@pytest.mark.parametrize("tag", TAGS)
def test_a_statement_says_everything_in_every_language(tag: str) -> None:
    one = statement(tag, rows=10)
    pdf = typeset_letter(one)
    assert unsaid(letter_sheet(one).data["document"], pdf) == []
    assert b"pdfuaid:part" in pdf


def test_a_letter_may_speak_two_languages() -> None:
    for one in (reminder("ja", "en"), statement("zh-HK", "en")):
        assert unsaid(letter_sheet(one).data["document"], typeset_letter(one)) == []


def test_a_reminder_adds_up_what_is_owed_with_fee_and_interest() -> None:
    one = reminder("en")
    assert one.due_minor == 70_007 + 70_009 + 500 + 123
    assert plain("Total due £1,406.39") in text_of(typeset_letter(one))


def test_the_last_balance_of_a_statement_is_what_is_owed() -> None:
    one = statement("en", rows=5)
    rows = letter_sheet(one).data["document"]["table"]["rows"]
    assert one.due_minor == 10_000 + 3 * 12_345 - 2 * 5_000
    assert rows[0][-1] == "100.00"
    assert rows[-1][-1] == "370.35"


def test_who_is_owed_money_is_not_asked_to_pay() -> None:
    one = statement("fi", rows=0, opening_minor=-500)
    found = text_of(typeset_letter(one))
    assert "−5,00€" in found
    assert "Maksutiedot" not in found


def test_what_is_open_is_as_late_as_it_was_at_the_end_of_the_period() -> None:
    rows = letter_sheet(statement("en")).data["document"]["open_table"]["rows"]
    assert [row[3] for row in rows] == ["9", "1"]
    assert letter_sheet(statement("en", open_invoices=())).data["document"]["open_table"] is None


def test_who_was_forgotten_is_named_by_nothing_but_a_number() -> None:
    found = text_of(typeset_letter(statement("en", buyer=None)))
    assert plain("Bill to") not in found
    assert "K-100" in found


def test_a_long_statement_has_its_head_on_each_page() -> None:
    pages = PdfReader(io.BytesIO(typeset_letter(statement("en", rows=90)))).pages
    assert len(pages) == 3
    assert all("Balance" in page.extract_text() for page in pages)


def test_the_merchants_own_message_stands_instead_of_ours() -> None:
    found = text_of(typeset_letter(reminder("en", message="Kindly settle this.")))
    assert plain("Kindly settle this.") in found
    assert plain("According to our records") not in found
