"""What every function behind the HTTP API answers alike: errors as statuses that say what to do."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from kassa.adapters.authorizer_context import caller_of
from kassa.domain.callers import Caller
from kassa.domain.model import Model
from kassa.errors import (
    Conflict,
    InvalidRequest,
    KassaError,
    LinesRefunded,
    NotFound,
    OverHeadroom,
    PolicyRefused,
)


class Problem(Model):
    """Why a request got no answer, and what to do."""

    message: str
    left_minor: int | None = None  # what may still be refunded, where that is why
    left_lines: dict[str, int] | None = None  # how many of each line, where that is why
    findings: tuple[dict[str, Any], ...] | None = None  # all there is to say of a policy


def problem(description: str) -> dict[str, Any]:
    """Describe an answer that is a problem, for the OpenAPI."""
    return {"description": description, "content": {"application/json": {"model": Problem}}}


OK: Any = {200: {"description": "What was asked for."}}
INVALID: Any = {400: problem("The request can't be; the message names the field.")}
NOT_FOUND: Any = {404: problem("Nothing is stored under that id; the message says more.")}
CONFLICT: Any = {409: problem("It can't be done as things stand; the message says how they stand.")}

_NO_JSON = "must be JSON, sent with the header Content-Type: application/json"
_STATUSES: dict[type[KassaError], int] = {NotFound: 404, InvalidRequest: 400, Conflict: 409}


def resolver() -> APIGatewayHttpResolver:
    """Return a resolver that validates what it is asked and answers errors alike."""
    api = APIGatewayHttpResolver(enable_validation=True)
    api.exception_handler(list(_STATUSES))(_refused)
    api.exception_handler(RequestValidationError)(_unreadable)
    api.not_found(_no_route)
    return api


def caller(api: APIGatewayHttpResolver | Router) -> Caller:
    """Return who is behind a request, as the authorizer proved it."""
    context = api.current_event.raw_event["requestContext"]
    return caller_of(context["authorizer"]["lambda"])


def _refused(error: KassaError) -> Response[str]:
    status = next(n for kind, n in _STATUSES.items() if isinstance(error, kind))
    more: dict[str, Any] = {}
    if isinstance(error, OverHeadroom):
        more = {"left_minor": error.left_minor}
    elif isinstance(error, LinesRefunded):
        more = {"left_lines": error.left_lines}
    elif isinstance(error, PolicyRefused):
        more = {"findings": error.findings}
    return _answer(status, {"message": str(error)} | more)


def _unreadable(error: RequestValidationError) -> Response[str]:
    """Name the first field that is off, and why; never what it held."""
    first = malformed_fields(error)[0]
    return _answer(400, {"message": f"{first['field']}: {first['message']}"})


def malformed_fields(error: RequestValidationError) -> list[dict[str, str]]:
    """Name every field that is off, and why; never what it held."""
    found = error.errors()
    if any(one["type"] == "json_invalid" or _is_text(one["loc"]) for one in found):
        return [{"field": "body", "message": _NO_JSON}]
    return [
        {
            "field": ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][-1]),
            "message": _message(one),
        }
        for one in found
    ]


def _is_text(loc: tuple[Any, ...]) -> bool:
    """Tell whether a field's name is a whole body: JSON that wasn't sent as JSON."""
    return str(loc[-1]).lstrip().startswith("{")


def _message(one: dict[str, Any]) -> str:
    if one["type"] == "int_type" and one["loc"][-1] == "amount_minor":
        return "must be a whole number of minor units, without quotes: 10000 for 100.00 EUR"
    return str(one["msg"]).removeprefix("Value error, ")


def _no_route(error: Exception) -> Response[str]:
    return _answer(404, {"message": "there is no such route: GET /openapi.json lists them all"})


def _answer(status: int, said: dict[str, Any]) -> Response[str]:
    return Response(status, "application/json", json.dumps(said))
