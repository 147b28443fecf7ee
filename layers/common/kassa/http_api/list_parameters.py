"""The parameters that all lists of the API have, under the same names and with the same bounds."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator, Field

from kassa.core.numerals import whole
from kassa.http_api.api import NAME_MAX
from kassa.platform.index_pages import PAGE_MAX


def a_name(description: str) -> Query:
    """Describe an id or name in a query."""
    return Query(description=description, min_length=1, max_length=NAME_MAX)


def _written_as_a_day(text: object) -> date:
    """Refuse what could also be read as a day, such as seconds since 1970 or a time of midnight."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        day = None
    if day is None or str(day) != str(text):
        raise ValueError("must be a day of the calendar, written as 2026-11-29")
    return day


PLAIN_DIGITS = BeforeValidator(whole)  # behind a Field's bounds, to be described as they are
CalendarDay = Annotated[date, BeforeValidator(_written_as_a_day)]
Cursor = Annotated[
    str | None,
    Query(description="`next_cursor` of the page before, as it is.", max_length=1024),
]
Limit = Annotated[
    int, Field(ge=1, le=PAGE_MAX), PLAIN_DIGITS, Query(description="How many at most.")
]
Day = Annotated[CalendarDay | None, Query(description="A UTC day, YYYY-MM-DD; today without it.")]
Gateway = Annotated[str | None, a_name("The gateway's name, for example stripe.")]
Account = Annotated[str | None, a_name("The gateway account; main, if there is but one.")]
CustomerId = Annotated[str | None, a_name("The shop's id of the customer.")]
OrderId = Annotated[str | None, a_name("The shop's id of the order.")]
