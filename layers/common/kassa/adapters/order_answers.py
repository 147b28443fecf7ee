"""What POST /orders answers where there is no page: each status says what the shop is to do."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from kassa.adapters.http_api import malformed_fields, problem
from kassa.domain.model import Model
from kassa.errors import CheckoutRefused, CheckoutUnavailable, OrderChanged


class ChangedOrder(Model):
    """Why an order that was sent before isn't taken again: it says something else."""

    message: str
    differences: tuple[dict[str, Any], ...]  # each says field, was, is


class MalformedField(Model):
    """A field that is off, and why."""

    field: str
    message: str


class MalformedOrder(Model):
    """Why an order can't be: its first malformed field, and all of them."""

    message: str
    fields: tuple[MalformedField, ...]


class RefusedOrder(Model):
    """Why no page is opened for an order, and why each route was left out."""

    message: str
    left_out: tuple[dict[str, Any], ...]


def _described(description: str, model: type[Model]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"model": model}}}


ANSWERS: Any = {
    400: _described("The order can't be; each malformed field is named.", MalformedOrder),
    409: _described("The order was sent before in other words; each is shown.", ChangedOrder),
    422: _described("No gateway opens a page for it; the message says why.", RefusedOrder),
    503: problem("No page now, or nobody knows of one: ask again after Retry-After seconds."),
}


def answer_orders(api: APIGatewayHttpResolver) -> None:
    """Let an API answer what goes wrong with orders."""
    api.exception_handler(RequestValidationError)(_malformed)
    api.exception_handler(OrderChanged)(_changed)
    api.exception_handler(CheckoutRefused)(_refused)
    api.exception_handler(CheckoutUnavailable)(_unavailable)


def _malformed(error: RequestValidationError) -> Response[str]:
    """Name every field that is off, never what it held."""
    fields = malformed_fields(error)
    first = fields[0]
    return _answer(400, {"message": f"{first['field']}: {first['message']}", "fields": fields})


def _changed(error: OrderChanged) -> Response[str]:
    return _answer(409, {"message": str(error), "differences": error.differences})


def _refused(error: CheckoutRefused) -> Response[str]:
    return _answer(422, {"message": str(error), "left_out": error.left_out})


def _unavailable(error: CheckoutUnavailable) -> Response[str]:
    return _answer(503, {"message": str(error)}, {"Retry-After": str(error.retry_after_s)})


def _answer(
    status: int, said: dict[str, Any], headers: dict[str, str] | None = None
) -> Response[str]:
    return Response(status, "application/json", json.dumps(said), headers=dict(headers or {}))
