"""The document is a function of the record: PDF/A-3, the same bytes in every process."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.invoices import typeset as typesetter
from kassa.billing.invoices.invoice import LANGUAGES, InvoiceLine
from kassa.billing.invoices.typeset import typeset
from kassa.billing.typeset.engine import MISSING
from tests.support.effort import few
from tests.support.facts import invoice
from tests.support.pdf_text import plain, text_of
from tests.support.pictures import pixels

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_pdf_a_3a_and_tagged(language: str) -> None:
    pdf = typeset(invoice(language))
    assert pdf.startswith(b"%PDF-1.7")
    assert re.search(rb"pdfaid:part>\s*3", pdf)
    assert re.search(rb"pdfaid:conformance>\s*A", pdf)
    assert re.search(rb"pdfuaid:part>\s*1", pdf)


@pytest.mark.parametrize(
    ("tax_id", "name"), [("T1234567890123", "登録番号"), ("FI01120389", "税務番号")]
)
def test_only_a_number_of_qualified_invoices_is_called_so_in_japanese(
    tax_id: str, name: str
) -> None:
    one = invoice("ja")
    merchant = one.merchant.model_copy(update={"tax_id": tax_id})
    text = plain(text_of(typeset(one.model_copy(update={"merchant": merchant}))))

    assert f"{name}{tax_id}" in text


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import hashlib; from kassa.billing.invoices.typeset import typeset;"
        "from tests.support.facts import invoice;"
        "print(hashlib.sha256(typeset(invoice('ja'))).hexdigest())"
    )
    path = f"{ROOT}:{ROOT / 'layers' / 'common'}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(typeset(invoice("ja"))).hexdigest()


def test_a_character_no_font_has_does_not_cost_an_invoice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typeset(invoice(order_id="한국 😀")) == typeset(
        invoice(order_id=f"{MISSING}{MISSING} {MISSING}")
    )


@given(st.text(max_size=12))
@few(10)
def test_no_text_costs_an_invoice(order_id: str) -> None:
    assert typeset(invoice(order_id=order_id))


@pytest.mark.parametrize("order_id", ["#panic()", "*x* $1/0$", "@ref <label>", '"\\u{0}', "//"])
def test_markup_in_an_order_is_printed_and_never_run(order_id: str) -> None:
    assert typeset(invoice(order_id=order_id))


def test_many_lines_run_over_several_pages() -> None:
    one = invoice()
    line = InvoiceLine(description="Order order-1", amount=one.total)
    long = one.model_copy(update={"lines": (line,) * 60})
    assert typeset(long).count(b"/Type /Page\n") > 1 or b"/Count 3" in typeset(long)


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_hundred_letters_without_a_space_stay_within_the_margins(language: str) -> None:
    fact = invoice(language, order_id="X" * 500, customer_id="c" * 200)
    line = fact.lines[0].model_copy(update={"description": "P" * 500})
    inputs = typesetter._inputs(fact.model_copy(update={"lines": (line, line)}))
    pages = typesetter._typesetter().pictures("invoice.typ", inputs, ppi=20.0)

    edge = round(20 / 25.4 * 20) * 4  # twenty of the margin's twenty-two millimetres, in bytes
    for page in pages:
        for row in pixels(page):
            assert set(row[-edge:]) == {255}
