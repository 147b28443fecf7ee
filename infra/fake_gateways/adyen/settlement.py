"""Settlement at Adyen: lines of the batch that is open, its payout and its report."""

import csv
import io
from collections import Counter
from decimal import Decimal

from infra.fake_gateways.adyen.account import Account
from infra.fake_gateways.adyen.money import DECIMALS, whole
from infra.fake_gateways.kit.answers import Body

COLUMNS = (
    *("Company Account", "Merchant Account", "Psp Reference", "Merchant Reference"),
    *("Payment Method", "Creation Date", "TimeZone", "Type", "Modification Reference"),
    *("Gross Currency", "Gross Debit (GC)", "Gross Credit (GC)", "Exchange Rate"),
    *("Net Currency", "Net Debit (NC)", "Net Credit (NC)", "Commission (NC)", "Markup (NC)"),
    *("Scheme Fees (NC)", "Interchange (NC)", "Payment Method Variant", "Batch Number"),
)
_DEDUCTED = ("Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)")


def settled(account: Account, payment: Body, value: int, own: str) -> None:
    """Money was captured: a part for the gateway, a part for the bank that issued the card."""
    currency, permille = _settled_in(account, payment), account.switches.fee_permille
    fixed = whole(account.switches.fee_fixed, currency)
    net = _exchanged(account, payment, value)
    interchange = whole((net * permille + 500) // 1000, currency)
    columns = {
        "Modification Reference": own,
        "Markup (NC)": _decimal(fixed, currency),
        "Interchange (NC)": _decimal(interchange, currency),
    }
    _line(account, payment, "Settled", value, columns)


def capture_failed(account: Account, payment: Body, value: int, own: str) -> None:
    """What wasn't paid out yet is never settled; what was is debited, and its fee stays."""
    is_open = [line for line in account.lines if _is_of(line, own)]
    if is_open:
        account.lines.remove(is_open[-1])
    else:
        _line(account, payment, "SettledReversed", -value, {"Modification Reference": own})


def _is_of(line: dict[str, str], own: str) -> bool:
    return (line["Type"], line["Modification Reference"]) == ("Settled", own)


def refunded(account: Account, payment: Body, made: Body) -> None:
    """Money went back to a customer."""
    columns = {"Modification Reference": made["refund_id"]}
    _line(account, payment, "Refunded", -made["value"], columns)


def refund_came_back(account: Account, payment: Body, made: Body) -> None:
    """A refund's money came back."""
    columns = {"Modification Reference": made["refund_id"]}
    _line(account, payment, "RefundedReversed", made["value"], columns)


def charged_back(account: Account, payment: Body, dispute: Body, kind: str) -> None:
    """A dispute moved money; taking it costs a fee."""
    is_back = kind == "ChargebackReversed"
    value = dispute["value"] if is_back else -dispute["value"]
    columns = {"Modification Reference": dispute["dispute_id"]}
    if not is_back and account.switches.dispute_fee:
        fee = account.switches.dispute_fee
        columns["Commission (NC)"] = _decimal(fee, _settled_in(account, payment))
    _line(account, payment, kind, value, columns)


def balance(account: Account) -> Counter[str]:
    """Return what the open batch comes to, by currency, in minor units."""
    sums: Counter[str] = Counter()
    for line in account.lines:
        currency = line["Net Currency"]
        credit, debit = line["Net Credit (NC)"], line["Net Debit (NC)"]
        sums[currency] += _minor(credit) - _minor(debit)
    return sums


def pay_out_all(account: Account) -> str | None:
    """Close the batch: its balance goes to the bank, and its report can be downloaded.

    A debt is collected from the bank; a batch that comes to nothing has a report and no payout.
    """
    sums = balance(account)
    if not sums:
        return None
    batch = len(account.reports) + 1
    named = {"Modification Reference": account.new_reference(), "Merchant Reference": ""}
    for currency, minor in sorted(sums.items()):
        bank = {"psp": "", "reference": "", "method": "", "currency": currency}
        if minor:
            _line(account, bank, "MerchantPayout", -minor, named | {"Gross Currency": ""})
    account.reports.append(_written(account.lines, batch))
    account.lines = []
    _announce(account, batch)
    return f"{account.switches.shop}/batch_{batch}/{min(sums)}"


def report(account: Account, name: str) -> str | None:
    """Return a report by its file's name, if its batch is closed."""
    known = {file_name(number + 1): text for number, text in enumerate(account.reports)}
    return known.get(name)


def file_name(batch: int) -> str:
    """Return how Adyen calls the report of a batch."""
    return f"settlement_detail_report_batch_{batch}.csv"


def _announce(account: Account, batch: int) -> None:
    """Announce a report; the file's name stands where a payment's reference would."""
    nothing = {"psp": file_name(batch), "reference": "", "currency": "EUR", "method": ""}
    url = f"https://ca-live.adyen.com/reports/download/MerchantAccount/{account.switches.shop}/"
    reason = url + file_name(batch)
    account.notify("REPORT_AVAILABLE", nothing | {"link_id": ""}, 0, reason=reason)


def _line(account: Account, payment: Body, kind: str, gross: int, columns: dict[str, str]) -> None:
    """Add a line; what is deducted stands in `words`, and the net is what it leaves."""
    currency = _settled_in(account, payment)
    net = _exchanged(account, payment, gross)
    net -= sum(_minor(columns.get(name, "")) for name in _DEDUCTED)
    line = dict.fromkeys(COLUMNS, "") | {
        "Company Account": "Kassa",
        "Merchant Account": account.switches.shop,
        "Psp Reference": payment["psp"],
        "Merchant Reference": payment["reference"],
        "Payment Method": payment["method"],
        "Creation Date": account.at().strftime("%Y-%m-%d %H:%M:%S"),
        "TimeZone": "UTC",
        "Type": kind,
        "Gross Currency": payment["currency"],
        "Exchange Rate": account.switches.exchange_rate,
        "Net Currency": currency,
        "Net Credit (NC)" if net >= 0 else "Net Debit (NC)": _decimal(abs(net), currency),
    }
    if kind != "MerchantPayout":
        side = "Gross Credit (GC)" if gross >= 0 else "Gross Debit (GC)"
        line[side] = _decimal(abs(gross), payment["currency"])
    account.lines.append(line | columns)


def _settled_in(account: Account, payment: Body) -> str:
    """Return the currency of what is left of a payment; the bank's money is in it already."""
    return account.switches.settles_in or str(payment["currency"])


def _exchanged(account: Account, payment: Body, value: int) -> int:
    """Return what an amount comes to where it is settled; both currencies have two decimals."""
    if payment["currency"] == _settled_in(account, payment):
        return value
    return int(value * Decimal(account.switches.exchange_rate))


def _written(lines: list[dict[str, str]], batch: int) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(line | {"Batch Number": str(batch)} for line in lines)
    return text.getvalue()


def _decimal(minor: int, currency: str) -> str:
    digits = DECIMALS[currency]
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def _minor(text: str) -> int:
    """Read what this fake wrote itself, with all of its currency's digits."""
    return int(text.replace(".", "") or 0)
