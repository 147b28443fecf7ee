"""What a QR code says so that a bank's app fills in a transfer: a standard for each country.

Each function returns the code's text. The standards: EPC069-12 (Europe), Swiss QR-bill 2.3,
EMVCo's merchant-presented QR with the extensions of Thailand (PromptPay) and Hong Kong (FPS),
ГОСТ Р 56042 (Russia).
"""

import re
from decimal import Decimal
from typing import NamedTuple

from kassa.billing.documents.totals import Document
from kassa.customers.parties import BankAccount, Party

_EPC_NAME, _EPC_REMITTANCE, _EPC_MINOR_MAX = 70, 140, 99_999_999_999
_PROMPTPAY, _FPS = "A000000677010111", "hk.com.hkicl"
_RF = re.compile(r"^RF[0-9]{2}[A-Z0-9]{1,21}$")  # a creditor's reference, ISO 11649
_SWISS_TEXT = re.compile(r"^[ -~\u00a0-\u024f\u20ac]*$")  # the letters that Swiss banks take
_IBAN = re.compile(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")


class Transfer(NamedTuple):
    """What is to be paid to whom."""

    payee: Party
    accounts: tuple[BankAccount, ...]
    currency: str
    minor: int
    remittance: str  # what the payer writes on it


def transfer_of(document: Document, number: str) -> Transfer:
    """Return what is still to be paid; without a reference the number stands for it."""
    draft = document.draft
    remittance = draft.remittance or number
    accounts, minor = draft.bank_accounts, document.payable_minor
    return Transfer(draft.seller, accounts, draft.currency, minor, remittance)


def payload_of(transfer: Transfer) -> str | None:
    """Return the code for a transfer, or none where no standard fits."""
    if transfer.minor <= 0:
        return None
    codes = (_payload(transfer, account) for account in transfer.accounts)
    return next((code for code in codes if code), None)


def _payload(transfer: Transfer, account: BankAccount) -> str | None:
    minor, remittance = transfer.minor, transfer.remittance
    name = account.name or transfer.payee.name
    match transfer.currency:
        case "EUR" if _is_epc(account.account) and minor <= _EPC_MINOR_MAX:
            return epc(name, account.account, account.bic, minor, remittance)
        case "CHF" | "EUR" if _is_swiss(account.account):
            return swiss(transfer, account)
        case "THB" if account.proxy:
            return promptpay(account.proxy, minor)
        case "HKD" if account.proxy:
            return fps(account.proxy, minor, remittance)
        case "RUB" if account.bank_code and account.correspondent_account and account.bank:
            fields = {"PersonalAcc": account.account, "BankName": account.bank}
            fields |= {"BIC": account.bank_code, "CorrespAcc": account.correspondent_account}
            return st00012({"Name": name, **fields}, _russian(transfer))
    return None


def is_iban(text: str) -> bool:
    """Whether an account's number is an IBAN, by its own check digits (ISO 7064, mod 97-10)."""
    iban = text.replace(" ", "")
    if not _IBAN.match(iban):
        return False
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1


def epc(name: str, iban: str, bic: str | None, minor: int, remittance: str) -> str:
    """Return an EPC code, version 2; a structured reference (RF…) has a line of its own."""
    is_structured = bool(_RF.match(remittance.replace(" ", "")))
    structured = remittance.replace(" ", "") if is_structured else ""
    free = "" if is_structured else remittance[:_EPC_REMITTANCE]
    amount = f"EUR{Decimal(minor).scaleb(-2):f}"
    head = ["BCD", "002", "1", "SCT", bic or "", name[:_EPC_NAME], iban.replace(" ", "")]
    return "\n".join([*head, amount, "", structured, free]).rstrip("\n")


def swiss(transfer: Transfer, account: BankAccount) -> str | None:
    """Return the code of a Swiss QR-bill, version 2; none where it can't say what it must.

    An account of the range kept for QR-bills takes their own references alone.
    """
    payee, iban = transfer.payee, account.account.replace(" ", "")
    reference = transfer.remittance.replace(" ", "")
    is_creditors = bool(_RF.match(reference))
    is_own = bool(re.match(r"^[0-9]{27}$", reference))
    needs_own = iban[4:9].isdigit() and 30000 <= int(iban[4:9]) <= 31999
    address = payee.address
    if needs_own != is_own or not (address.city and address.postal_code):
        return None
    street = " ".join(address.lines)[:70]
    name = (account.name or payee.name)[:70]
    creditor = ["S", name, street, "", address.postal_code[:16], address.city[:35]]
    kind = "QRR" if is_own else "SCOR" if is_creditors else "NON"
    free = "" if kind != "NON" else transfer.remittance[:140]
    amount = f"{Decimal(transfer.minor).scaleb(-2):f}"
    rows = ["SPC", "0200", "1", iban, *creditor, address.country, *[""] * 7, amount]
    rows += [transfer.currency, *[""] * 7, kind, reference if kind != "NON" else "", free, "EPD"]
    return "\n".join(rows) if all(_SWISS_TEXT.match(row) for row in rows) else None


def _is_swiss(account: str) -> bool:
    return is_iban(account) and account[:2] in ("CH", "LI")


def _is_epc(account: str) -> bool:
    return is_iban(account) and not _is_swiss(account)


def promptpay(proxy: str, minor: int) -> str:
    """Return a PromptPay code for a phone number, or a tax id or citizen's number of 13 digits."""
    digits = re.sub(r"\D", "", proxy)
    if len(digits) >= 15:
        kind, value = "03", digits[:15]
    elif len(digits) == 13 and not proxy.strip().startswith("+"):
        kind, value = "02", digits
    else:
        kind, value = "01", "0066" + digits.removeprefix("66").removeprefix("0").zfill(9)
    merchant = _field("00", _PROMPTPAY) + _field(kind, value)
    amount = f"{Decimal(minor).scaleb(-2):f}"
    return _emv(_field("29", merchant), "764", amount, "TH", "")


def fps(proxy: str, minor: int, remittance: str) -> str:
    """Return an FPS code for an FPS id, a phone number (+852-…) or a mail address."""
    if "@" in proxy:
        kind = "04"
    elif proxy.startswith("+"):
        kind = "03"
    else:
        kind = "02"
    merchant = _field("00", _FPS) + _field(kind, proxy)
    amount = f"{Decimal(minor).scaleb(-2):f}"
    additional = _field("62", _field("05", remittance[:25])) if remittance.isascii() else ""
    return _emv(_field("26", merchant), "344", amount, "HK", additional if remittance else "")


def st00012(required: dict[str, str], others: dict[str, str]) -> str:
    """Return a code of ГОСТ Р 56042 in UTF-8; the required fields come first, in their order."""
    order = ("Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc")
    fields = {**{name: required[name] for name in order}, **others}
    parts = [f"{name}={_plain(value)}" for name, value in fields.items() if value]
    return "|".join(["ST00012", *parts])


def _russian(transfer: Transfer) -> dict[str, str]:
    return {
        "Sum": str(transfer.minor),
        "Purpose": transfer.remittance,
        "PayeeINN": transfer.payee.tax_id or "",
        "KPP": transfer.payee.registration_id or "",
    }


def _plain(text: str) -> str:
    return text.replace("|", " ").strip()


def _emv(merchant: str, currency: str, amount: str, country: str, additional: str) -> str:
    head = _field("00", "01") + _field("01", "12") + merchant
    hong_kong = _field("52", "0000") if country == "HK" else ""
    body = head + hong_kong + _field("53", currency) + _field("54", amount) + _field("58", country)
    names = _field("59", "NA") + _field("60", "HK") if country == "HK" else ""
    unsigned = body + names + additional + "6304"
    return unsigned + f"{crc16(unsigned.encode()):04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def crc16(data: bytes) -> int:
    """Return the CRC-16 that EMVCo's codes end with (polynomial 0x1021, begun at 0xFFFF)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
