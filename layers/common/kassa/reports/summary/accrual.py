"""The second journal of a period: what invoices, credit notes and write-offs moved, and its proof.

Its accounts add up to zero, and what it left on `receivables` is what the facts of invoices say,
one by one, that they added to what is owed. Both are worked out apart: the one from postings, the
other from what each invoice had open.
"""

from collections.abc import Sequence

from kassa.archive.tallies import Flow, Tally
from kassa.core.model import Model
from kassa.core.money_texts import written
from kassa.core.postings import ACCRUAL, Account

ROWS = {
    Account.RECEIVABLES: "Receivables",
    Account.SALES: "Sales",
    Account.TAX_PAYABLE: "Tax payable",
    Account.WRITE_OFFS: "Write-offs",
    Account.LATE_FEES: "Late fees",
    Account.LATE_INTEREST: "Late interest",
    Account.CUSTOMERS: "Customers, taken up by invoices",
}


class Accrual(Model):
    """What documents moved in one currency."""

    currency: str
    accounts: dict[Account, int]
    opened_minor: int  # what the facts of invoices add up to of what is owed
    unapplied_minor: int  # into `customers` over both journals; below zero: their credit grew

    @property
    def imbalance(self) -> int:
        """Return the sum over all accounts, which is zero or the books are wrong."""
        return sum(self.accounts.values())

    @property
    def unproven(self) -> int:
        """Return how far `receivables` is from what invoices say, which is zero as well."""
        return self.accounts.get(Account.RECEIVABLES, 0) - self.opened_minor


def of_money(tally: Tally) -> Tally:
    """Return a tally without what documents moved."""
    flows = tuple(flow for flow in tally.flows if flow.kind not in ACCRUAL)
    return tally.model_copy(update={"flows": flows})


def accrued(tally: Tally) -> tuple[Accrual, ...]:
    """Return what documents moved, by currency."""
    flows = [flow for flow in tally.flows if flow.kind in ACCRUAL]
    currencies = sorted({*tally.opened, *(flow.currency for flow in flows)})
    return tuple(_accrual(name, flows, tally) for name in currencies)


def section(accruals: Sequence[Accrual]) -> str:
    """Return the journal as a part of the report's page; nothing, where no document moved any."""
    if not accruals:
        return ""
    heads = "".join(f'<th scope="col">{each.currency}</th>' for each in accruals)
    used = [name for name in ROWS if any(name in each.accounts for each in accruals)]
    rows = "".join(
        _row(ROWS[name], [each.accounts.get(name, 0) for each in accruals], accruals)
        for name in used
    )
    sums = "".join(f"<td>{_proof(each.imbalance, each)}</td>" for each in accruals)
    owed = "".join(f"<td>{_proof(each.unproven, each)}</td>" for each in accruals)
    theirs = [-each.unapplied_minor for each in accruals]
    return (
        "<h2>Invoices</h2>"
        '<p class="note">What invoices, credit notes and write-offs moved into (+) or out of (−)'
        " each account. It adds up to zero, and receivables are what each invoice says of"
        " itself.</p>"
        f'<div class="scroll"><table><thead><tr><th scope="col">Account</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody><tfoot>"
        f'<tr><th scope="row">Sum</th>{sums}</tr>'
        f'<tr><th scope="row">Receivables less open invoices</th>{owed}</tr>'
        f"{_row('Paid by customers, taken up by no invoice', theirs, accruals)}"
        "</tfoot></table></div>"
    )


def _accrual(currency: str, flows: list[Flow], tally: Tally) -> Accrual:
    own = [flow for flow in flows if flow.currency == currency]
    touched = {account for flow in own for account in (flow.source, flow.destination)}
    customers = [flow.into(Account.CUSTOMERS) for flow in tally.flows if flow.currency == currency]
    return Accrual(
        currency=currency,
        accounts={
            account: sum(flow.into(account) for flow in own)
            for account in Account
            if account in touched
        },
        opened_minor=tally.opened.get(currency, 0),
        unapplied_minor=sum(customers),
    )


def _row(name: str, amounts: Sequence[int], accruals: Sequence[Accrual]) -> str:
    cells = "".join(
        f'<td class="{"" if minor else "zero"}">{written(minor, each.currency)}</td>'
        for minor, each in zip(amounts, accruals, strict=True)
    )
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def _proof(minor: int, each: Accrual) -> str:
    kind, mark = ("bad", "Out of balance:") if minor else ("good", "✓")
    return f'<span class="{kind}">{mark} {written(minor, each.currency)}</span>'
