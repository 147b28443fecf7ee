"""QR codes of payments: the fields of each standard, and check digits that a reader accepts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.typeset.payment_qr import (
    crc16,
    epc,
    fps,
    is_iban,
    payload_of,
    promptpay,
    st00012,
    transfer_of,
)
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
    assert str(payload_of(transfer_of(document(tag)))).startswith(begin)


@pytest.mark.parametrize("tag", ["ja", "en"])
def test_where_there_is_no_standard_there_is_no_code(tag: str) -> None:
    assert payload_of(transfer_of(document(tag))) is None


def test_what_is_paid_has_no_code() -> None:
    one = document("fi")
    paid = document("fi", prepaid_minor=one.payable_minor)
    assert payload_of(transfer_of(paid)) is None


@pytest.mark.parametrize(
    ("number", "is_one"),
    [(IBAN, True), ("FI21 1234 5600 0007 85", True), ("FI2212345600000785", False),
     ("普通 1234567", False), ("40702810900000000001", False)],
)  # fmt: skip
def test_an_iban_is_known_by_its_check_digits(number: str, is_one: bool) -> None:
    assert is_iban(number) is is_one
