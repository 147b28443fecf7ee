"""The parameters of routes of one document: its number, and what a person does with it."""

from enum import StrEnum
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from kassa.billing.numbering.record import DIGITS_MAX
from kassa.billing.numbering.record import REASON_MAX as REASON_MAX

NUMBER = rf"^(CN-|RC-)?[0-9]{{4}}-[0-9]{{{DIGITS_MAX}}}$"
Number = Annotated[
    str, Path(description="As it is printed, for example 2026-00000001.", pattern=NUMBER)
]


class Action(StrEnum):
    """What a person does with an issued document; all but the first with what is owed of it."""

    VOID = "void"
    WRITE_OFF = "write-off"
    PROMISE = "promise"
    APPLY_CREDIT = "apply-credit"
    WAIVE = "waive"


InvoiceAction = Annotated[Action, Path(description="What the person does with the document.")]
