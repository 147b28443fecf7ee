"""QR codes of payments: the fields of each standard, and check digits that a reader accepts."""

import re

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.typeset.payment_qr import (
    Transfer,
    crc16,
    epc,
    fps,
    is_iban,
    payload_of,
    promptpay,
    st00012,
    transfer_of,
)
from kassa.billing.typeset.typeset_document import qr_svg, typeset_document
from kassa.customers.parties import BankAccount
from tests.support.printed_documents import document

IBAN = "FI2112345600000785"


def fields(code: str) -> dict[str, str]:
    """Return an EMV code's fields by tag, read as a bank's app reads them."""
    found = {}
    while code:
        tag, length = code[:2], int(code[2:4])
        found[tag], code = code[4 : 4 + length], code[4 + length :]
    return found


def test_the_check_digits_are_those_of_the_published_check_value() -> None:
    assert crc16(b"123456789") == 0x29B1


def test_an_epc_code_has_its_lines_in_order() -> None:
    assert epc("Lamppu Oy", IBAN, "NDEAFIHH", 65183, "Lasku 42").split("\n") == [
        *("BCD", "002", "1", "SCT", "NDEAFIHH", "Lamppu Oy", IBAN, "EUR651.83", "", "", "Lasku 42")
    ]


def test_a_creditors_reference_has_its_own_line() -> None:
    assert epc("Lamppu Oy", IBAN, None, 1, "RF18 5390 0754 7034").split("\n")[7:] == [
        *("EUR0.01", "", "RF18539007547034")
    ]


@given(st.text(max_size=300), st.text(max_size=400))
def test_an_epc_code_fits_its_limits(name: str, remittance: str) -> None:
    name, remittance = name.replace("\n", ""), remittance.replace("\n", "")
    rows = epc(name, IBAN, None, 99_999_999_999, remittance).split("\n")
    assert len(rows[5]) <= 70
    assert all(len(row) <= 140 for row in rows)


@pytest.mark.parametrize(
    ("proxy", "kind", "value"),
    [
        ("081-234-5678", "01", "0066812345678"),
        ("+66812345678", "01", "0066812345678"),
        ("0105551234567", "02", "0105551234567"),
        ("1-2345-67890-12-3", "02", "1234567890123"),
        ("004999000288505", "03", "004999000288505"),
    ],
)
def test_promptpay_knows_what_kind_of_number_it_is(proxy: str, kind: str, value: str) -> None:
    code = promptpay(proxy, 80678)
    found = fields(code)
    assert fields(found["29"]) == {"00": "A000000677010111", kind: value}
    assert (found["53"], found["54"], found["58"]) == ("764", "806.78", "TH")
    assert found["63"] == f"{crc16(code[:-4].encode()):04X}"


@pytest.mark.parametrize(
    ("proxy", "kind"), [("1234567", "02"), ("+852-61234567", "03"), ("pay@shop.example", "04")]
)
def test_fps_knows_what_kind_of_address_it_is(proxy: str, kind: str) -> None:
    code = fps(proxy, 75400, "A-1001")
    found = fields(code)
    assert fields(found["26"]) == {"00": "hk.com.hkicl", kind: proxy}
    assert (found["53"], found["54"], found["58"]) == ("344", "754.00", "HK")
    assert fields(found["62"]) == {"05": "A-1001"}
    assert found["63"] == f"{crc16(code[:-4].encode()):04X}"


def test_a_russian_code_has_what_is_required_first_and_no_stray_separator() -> None:
    required = {"BIC": "044525225", "Name": "ООО | Пример", "PersonalAcc": "4" * 20}
    required |= {"BankName": "ПАО Банк", "CorrespAcc": "3" * 20}
    assert st00012(required, {"Sum": "90480", "KPP": ""}) == (
        f"ST00012|Name=ООО   Пример|PersonalAcc={'4' * 20}|BankName=ПАО Банк|BIC=044525225"
        f"|CorrespAcc={'3' * 20}|Sum=90480"
    )


@pytest.mark.parametrize(
    ("tag", "begin"), [("fi", "BCD\n"), ("th", "000201"), ("zh-HK", "000201"), ("ru", "ST00012|")]
)
def test_a_document_has_the_code_of_its_currency(tag: str, begin: str) -> None:
    assert str(payload_of(transfer_of(document(tag), "1"))).startswith(begin)


SWISS, OF_QR_BILLS = "CH9300762011623852957", "CH4431999123000889012"


def swiss_code(account: str, remittance: str, **address: str) -> list[str]:
    seller = document("fi").draft.seller
    seller = seller.model_copy(update={"address": seller.address.model_copy(update=address)})
    transfer = Transfer(seller, (BankAccount(account=account),), "CHF", 123450, remittance)
    return (payload_of(transfer) or "").split("\n")


@pytest.mark.parametrize(
    ("account", "remittance", "kind", "reference", "free"),
    [
        (SWISS, "Invoice 42", "NON", "", "Invoice 42"),
        (SWISS, "RF18 5390 0754 7034", "SCOR", "RF18539007547034", ""),
        (OF_QR_BILLS, "210000000003139471430009017", "QRR", "210000000003139471430009017", ""),
    ],
)
def test_a_swiss_code_has_its_31_lines(
    account: str, remittance: str, kind: str, reference: str, free: str
) -> None:
    rows = swiss_code(account, remittance)
    assert rows[:5] == ["SPC", "0200", "1", account, "S"]
    assert rows[5:11] == ["Lamppu Oy", "1-2-3", "", "10100", "Helsinki", "FI"]
    assert rows[18:20] == ["1234.50", "CHF"]
    assert rows[27:] == [kind, reference, free, "EPD"]


@pytest.mark.parametrize(
    ("account", "remittance"),
    [(OF_QR_BILLS, "Invoice 42"), (SWISS, "210000000003139471430009017")],
)
def test_an_account_of_qr_bills_takes_their_references_alone(account: str, remittance: str) -> None:
    assert swiss_code(account, remittance) == [""]


def test_letters_that_swiss_banks_do_not_take_make_no_code() -> None:
    assert swiss_code(SWISS, "42", city="東京") == [""]


def test_a_swiss_code_can_be_typeset() -> None:
    one = document("en", currency="CHF", bank_accounts=(BankAccount(account=SWISS),))
    assert typeset_document(one, "1")


@pytest.mark.parametrize("tag", ["ja", "en"])
def test_where_there_is_no_standard_there_is_no_code(tag: str) -> None:
    assert payload_of(transfer_of(document(tag), "1")) is None


def test_without_a_reference_the_documents_number_stands_for_it() -> None:
    one = document("fi", remittance=None)
    assert transfer_of(one, "2026-00000042").remittance == "2026-00000042"
    assert transfer_of(document("fi"), "2026-00000042").remittance == "A-1001"


def test_what_is_paid_has_no_code() -> None:
    one = document("fi")
    paid = document("fi", prepaid_minor=one.payable_minor)
    assert payload_of(transfer_of(paid, "1")) is None


@pytest.mark.parametrize(
    ("number", "is_one"),
    [(IBAN, True), ("FI21 1234 5600 0007 85", True), ("FI2212345600000785", False),
     ("普通 1234567", False), ("40702810900000000001", False)],
)  # fmt: skip
def test_an_iban_is_known_by_its_check_digits(number: str, is_one: bool) -> None:
    assert is_iban(number) is is_one


@given(st.text(max_size=300))
def test_a_picture_has_the_dark_modules_of_its_code_and_no_others(code: str) -> None:
    rows = segno.make_qr(code, error="m", encoding="utf-8", boost_error=False, mask=0).matrix
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", qr_svg(code))
    dark = {(int(x) + at, int(y)) for x, y, width in runs for at in range(int(width))}

    assert dark == {
        (x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    }
