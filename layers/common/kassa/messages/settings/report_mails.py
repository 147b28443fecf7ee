"""Who gets which reports by mail, of which periods; whoever enters nothing has one list for all."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from kassa.archive.report_names import ReportName, kinds_of
from kassa.core.model import Model
from kassa.core.periods import PeriodKind
from kassa.customers.addresses import mailbox


def _can_be_mailed(address: str) -> str:
    if mailbox(address) != address:
        raise ValueError("is no mail address in plain letters, such as shop@shop.example")
    return address


MailAddress = Annotated[str, Field(max_length=254), AfterValidator(_can_be_mailed)]


class ReportMail(Model):
    """Some people, and which reports of which periods they get."""

    to: Annotated[tuple[MailAddress, ...], Field(min_length=1, max_length=10)]
    periods: Annotated[frozenset[PeriodKind], Field(min_length=1)]
    reports: Annotated[frozenset[ReportName], Field(min_length=1)] = frozenset({ReportName.SUMMARY})

    @model_validator(mode="after")
    def _are_made(self) -> Self:
        for report in sorted(self.reports):
            if not kinds_of(report) & self.periods:
                raise ValueError(f"reports: {report} is made of months alone")
        return self


def readers(entered: Iterable[ReportMail], period: PeriodKind) -> dict[str, frozenset[ReportName]]:
    """Return who gets reports of a kind of period, and which; each address once."""
    found: dict[str, frozenset[ReportName]] = {}
    for one in entered:
        made = {report for report in one.reports if period in kinds_of(report)}
        for address in one.to if period in one.periods and made else ():
            found[address] = found.get(address, frozenset()) | made
    return found
