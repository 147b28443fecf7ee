"""Documents of every language, to be typeset."""

from datetime import date
from decimal import Decimal
from typing import Any

from kassa.billing.documents.draft import Draft, Preceding
from kassa.billing.documents.kinds import DocumentKind, MovementKind
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.typeset.letters import (
    Bucket,
    Movement,
    OpenInvoice,
    Reminder,
    Statement,
)
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import Address, BankAccount, Party
from tests.support.billing import draft, line
from tests.support.pdf_text import plain, text_of

_STANDARD = {"ja": ("JP", "JPY", "10"), "zh-HK": ("HK", "HKD", ""), "th": ("TH", "THB", "7")}
_STANDARD |= {"fi": ("FI", "EUR", "25.5"), "ru": ("RU", "RUB", "20"), "en": ("GB", "GBP", "20")}
_SELLERS = {
    "en": ("Lantern & Sons Ltd", "London", "GB123456789"),
    "ja": ("株式会社サンプル商店", "東京都千代田区", "T1234567890123"),
    "zh-HK": ("範例燈飾有限公司", "香港九龍", None),
    "th": ("บริษัท ตัวอย่างโคมไฟ จำกัด", "กรุงเทพมหานคร", "0105551234567"),
    "fi": ("Lamppu Oy", "Helsinki", "FI01120389"),
    "ru": ("ООО «Пример»", "Москва", "7707083893"),
}
_LAMPS = {
    "en": "Desk lamp",
    "ja": "卓上ランプ",
    "zh-HK": "檯燈",
    "th": "โคมไฟตั้งโต๊ะ",
    "fi": "Pöytävalaisin",
    "ru": "Настольная лампа",
}
TAGS = tuple(_LAMPS)
ACCOUNTS = {
    "fi": BankAccount(account="FI2112345600000785", bic="NDEAFIHH", name="Lamppu Oy"),
    "th": BankAccount(account="123-4-56789-0", proxy="0105551234567", bank="ธนาคารตัวอย่าง"),
    "zh-HK": BankAccount(account="012-345-678901", proxy="1234567", bank="範例銀行"),
    "ru": BankAccount(
        account="40702810900000000001",
        bank="ПАО Пример Банк",
        bank_code="044525225",
        correspondent_account="30101810400000000225",
    ),
}


def standard_tax(tag: str) -> Tax:
    """Return the tax that most things bear where a language is spoken."""
    rate = _STANDARD[tag][2]
    if not rate:
        return Tax(category=TaxCategory.OUT_OF_SCOPE)
    return Tax(category=TaxCategory.STANDARD, rate=Decimal(rate))


def sold(
    tag: str, lines: int = 1, kind: DocumentKind = DocumentKind.INVOICE, **fields: Any
) -> Draft:
    """Return a document of a country, in its language."""
    country, currency, _ = _STANDARD[tag]
    name, city, tax_id = _SELLERS[tag]
    address = Address(lines=("1-2-3",), city=city, postal_code="10100", country=country)
    tax = standard_tax(tag)
    known: dict[str, Any] = {
        "kind": kind,
        "currency": currency,
        "seller": Party(name=name, address=address, tax_id=tax_id, email="billing@shop.example"),
        "buyer": Party(name=name, address=address, contact="A. B."),
        "languages": (tag,),
        "order_id": "A-1001",
        "bank_accounts": tuple(filter(None, [ACCOUNTS.get(tag)])),
        "remittance": "A-1001",
    }
    if kind is DocumentKind.CREDIT_NOTE:
        known["preceding"] = Preceding(number="2026-00000007", issued_on=date(2026, 10, 1))
    off = Adjustment(percent=Decimal(10), reason="10-10")
    rows = [
        line(12900 + 100 * at, tax=tax, name=f"{_LAMPS[tag]} {at + 1}", unit="H87", quantity=2,
             adjustments=(off,) if at == 1 else ())
        for at in range(lines)
    ]  # fmt: skip
    return draft(rows, **known | fields)


def document(tag: str, lines: int = 1, **fields: Any) -> Document:
    """Return the same, worked out."""
    return worked_out(sold(tag, lines, **fields))


def reminder(tag: str, *others: str, level: int = 1, **fields: Any) -> Reminder:
    """Return a reminder of two invoices, with a fee and interest."""
    late = [
        OpenInvoice(
            number=f"2026-0000000{number}",
            issued_on=date(2026, 10, number),
            due_on=date(2026, 11, number),
            total_minor=120_000 + number,
            outstanding_minor=70_000 + number,
        )
        for number in (7, 9)
    ]
    known: dict[str, Any] = _letter(tag, others) | {"level": level, "overdue": tuple(late)}
    known |= {"pay_by": date(2026, 12, 27), "fee_minor": 500, "interest_minor": 123}
    return Reminder.model_validate(known | fields)


def statement(tag: str, *others: str, rows: int = 4, **fields: Any) -> Statement:
    """Return a month's statement with as many rows as wanted."""
    kinds = list(MovementKind)
    moved = [
        Movement(
            day=date(2026, 11, 1 + at % 28),
            kind=kinds[at % len(kinds)],
            number=f"2026-{at:08d}",
            debit_minor=0 if at % 2 else 12_345,
            credit_minor=5_000 if at % 2 else 0,
        )
        for at in range(rows)
    ]
    buckets = [(0, None, 12_000), (1, 30, 500), (31, 60, 0), (61, None, 77)]
    known: dict[str, Any] = _letter(tag, others) | {"movements": tuple(moved)}
    known |= {"period": (date(2026, 11, 1), date(2026, 11, 30)), "opening_minor": 10_000}
    known["ageing"] = tuple(
        Bucket(from_days=first, to_days=last, minor=minor) for first, last, minor in buckets
    )
    known["open_invoices"] = tuple(
        OpenInvoice(
            number=f"2026-0000000{number}",
            issued_on=date(2026, 10, number),
            due_on=date(2026, 11, 20 + number),
            total_minor=90_000 + number,
            outstanding_minor=30_000 + number,
        )
        for number in (1, 9)
    )
    return Statement.model_validate(known | fields)


def _letter(tag: str, others: tuple[str, ...]) -> dict[str, Any]:
    of = sold(tag)
    return {
        "seller": of.seller,
        "buyer": of.buyer,
        "currency": of.currency,
        "languages": (tag, *others),
        "number": "L-17",
        "customer_number": "K-100",
        "issued_on": date(2026, 12, 20),
        "bank_accounts": of.bank_accounts,
    }


def texts_in(sheet_data: object) -> set[str]:
    """Return every text that a sheet hands to its layout, line by line."""
    if isinstance(sheet_data, str):
        return {line for line in sheet_data.split("\n") if line}
    if isinstance(sheet_data, dict):
        return set().union(*map(texts_in, sheet_data.values()), set())
    if isinstance(sheet_data, list | tuple):
        return set().union(*map(texts_in, sheet_data), set())
    return set()


def unsaid(fields: dict[str, Any], pdf: bytes) -> list[str]:
    """Return what a sheet hands to its layout and a reader doesn't find in the PDF."""
    found = text_of(pdf)
    texts = texts_in({name: value for name, value in fields.items() if name != "kind"})
    return [text for text in texts if plain(text) not in found]
