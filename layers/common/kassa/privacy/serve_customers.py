"""The routes of a person's rights: everything that is held of them, and erasing it."""

import base64
from enum import StrEnum
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.http_api.api import CONFLICT, JSON, NAME_MAX, NOT_FOUND, OK, caller
from kassa.platform.telemetry import time_left_s
from kassa.privacy.erase_customer import erase_confirmed
from kassa.privacy.erasure import Erased, Erasure, KeptPart, Status
from kassa.privacy.export import CustomerExport
from kassa.privacy.export_customer import export_customer

routes = Router()  # type: ignore[no-untyped-call]

CustomerId = Annotated[
    str,
    Path(
        description="The shop's id of the customer; a guest's is order:ORDER_ID.",
        min_length=1,
        max_length=NAME_MAX,
    ),
]


class Form(StrEnum):
    """How an export is answered."""

    JSON = "json"
    PDF = "pdf"


FormQuery = Annotated[Form, Query(alias="format", description="How it is answered.")]
FILE: Any = {"schema": {"type": "string", "format": "binary"}}
ANSWER: Any = {
    200: {
        "description": "Everything that is held of the customer.",
        "content": {JSON: {"model": CustomerExport}, "application/pdf": FILE},
    }
}


class EraseRequest(Model):
    """That it is meant: the id of the customer once more."""

    confirm: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]


class ErasureView(Model):
    """How far an erasure is, what was erased, and what is kept and why."""

    customer_id: str
    number: int
    status: Status
    begun_at: Instant
    done_at: Instant | None = None
    erased: Erased
    kept: tuple[KeptPart, ...] = ()
    unsearched: tuple[str, ...] = ()

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureView":
        """Return an erasure as it is shown."""
        return cls.model_validate({name: getattr(erasure, name) for name in cls.model_fields})


@routes.get(
    "/customers/<customer_id>/export",
    operation_id="exportCustomer",
    summary="Everything that is held of a customer, as JSON or as PDF",
    tags=["customers"],
    responses=ANSWER | NOT_FOUND,
)
def export(customer_id: CustomerId, form: FormQuery = Form.JSON) -> Response[Any]:
    """Answer what is held of a customer (GDPR, articles 15 and 20)."""
    exported = export_customer(customer_id)
    if form is Form.JSON:
        return Response(200, JSON, exported)
    from kassa.privacy.typeset_export import typeset_export  # for PDFs alone: 0.3 s

    pdf = base64.b64encode(typeset_export(exported)).decode()
    named = {"Content-Disposition": 'attachment; filename="export.pdf"'}
    answer: Response[Any] = Response(200, "application/pdf", pdf, headers=named)
    answer.base64_encoded = True
    return answer


@routes.post(
    "/customers/<customer_id>/erase",
    operation_id="eraseCustomer",
    summary="Erase a customer, as far as the law lets you",
    tags=["customers"],
    responses=OK | NOT_FOUND | CONFLICT,
)
def erase(customer_id: CustomerId, body: EraseRequest) -> ErasureView:
    """Erase a customer (GDPR, article 17). Where `status` is `begun`, ask again: it goes on.

    Names, mail addresses, words and what gateways sent go; documents that were issued and the books
    stay, and the answer says so. Webhook endpoints and partners hear `CustomerErased`.
    """
    left_s = time_left_s(routes.lambda_context)
    return ErasureView.of(erase_confirmed(customer_id, body.confirm, caller(routes), left_s))
