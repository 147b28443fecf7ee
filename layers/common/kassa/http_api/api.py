"""What every function behind the HTTP API answers alike; `answer` is the entry of all with a key.

It lets nobody in whom the authorizer didn't name, reads the body, answers a request that comes
again under its Idempotency-Key as it did before, and gives every refusal its one form.
"""

import json
from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.event_handler.openapi.params import Path
from botocore.exceptions import ClientError

from kassa.core.callers import Caller, caller_of
from kassa.core.errors import KassaError
from kassa.core.model import Model
from kassa.http_api import idempotency
from kassa.http_api import requests as http_requests
from kassa.http_api.errors import Problem, Refusal
from kassa.http_api.refusals import NO_ROUTE, of_access, of_error, of_fields, spoken
from kassa.platform import table
from kassa.platform.telemetry import count, logger, reason_of

JSON = "application/json"
NAME_MAX = 255  # of an id, in a path or a query: longer than any gateway's
BUSY_S = 5  # after which a table that took no more is tried again


def problem(description: str) -> dict[str, Any]:
    """Describe an answer that is a problem, for the OpenAPI."""
    return {"description": description, "content": {"application/json": {"model": Problem}}}


def created(model: type[Model]) -> dict[int, Any]:
    """Describe the answer where something new was made."""
    content = {"application/json": {"model": model}}
    return {201: {"description": "It is new, and stands now.", "content": content}}


def an_id(description: str) -> Path:
    """Describe an id in a path."""
    return Path(description=description, min_length=1, max_length=NAME_MAX)


OK: Any = {200: {"description": "What was asked for."}}
NOT_FOUND: Any = {404: problem("Nothing is stored under that id; the message says more.")}
CONFLICT: Any = {409: problem("It can't be done as things stand; the message says how they stand.")}
RefundRequestId = Annotated[str, an_id("The id that the answer to the refund request gave.")]


def resolver(*rooms: Router) -> APIGatewayHttpResolver:
    """Return a resolver of some rooms' routes; it validates what it is asked, and answers errors.

    A function's own routes are added to it.
    """
    api = APIGatewayHttpResolver(enable_validation=True, response_validation_error_http_code=500)
    for routes in rooms:
        api.include_router(routes)

    def refused(error: KassaError) -> Response[str]:
        refusal = of_error(error)
        if refusal is None:  # our own fault: `answer` logs and counts it
            raise error
        return _response(refusal, api)

    def broken(error: ResponseValidationError) -> Response[str]:
        raise error  # what we would have answered isn't what we describe

    api.use(middlewares=[_refuse_unknown_parameters])
    api.exception_handler(KassaError)(refused)
    api.exception_handler(ResponseValidationError)(broken)
    api.exception_handler(RequestValidationError)(lambda error: _response(of_fields(error), api))
    api.not_found(lambda error: _response(Refusal("unknown_route", NO_ROUTE), api))
    return api


def answer(
    api: APIGatewayHttpResolver,
    event: dict[str, Any],
    context: Any,
    body_max: int = http_requests.BODY_MAX,
) -> dict[str, Any]:
    """Answer one request, payload 2.0; whatever goes wrong, the caller gets the one form."""

    def answered(request_id: str) -> dict[str, Any]:
        refusal = of_access(event) or http_requests.read(event, body_max)
        return _refused(refusal, request_id) if refusal else _resolved(api, event, context)

    return _answered(answered, event)


def answer_anybody(
    api: APIGatewayHttpResolver, event: dict[str, Any], context: Any
) -> dict[str, Any]:
    """Answer one request on a route without an API key; what proves its caller, the route asks.

    No answer is kept: neither under an Idempotency-Key, nor by whoever carries it.
    """

    def answered(request_id: str) -> dict[str, Any]:
        refusal = http_requests.read(event, http_requests.OPEN_BODY_MAX)
        found = _refused(refusal, request_id) if refusal else api.resolve(event, context)
        return found | {"headers": dict(found.get("headers") or {}) | {"Cache-Control": "no-store"}}

    return _answered(answered, event)


def _answered(answer_of: Callable[[str], dict[str, Any]], event: dict[str, Any]) -> dict[str, Any]:
    request_id = str((event.get("requestContext") or {}).get("requestId", ""))
    logger.append_keys(request_id=request_id)
    try:
        answered = answer_of(request_id)
    except Exception as error:
        answered = _refused(_of_fault(error, event), request_id)
    answered["headers"] = dict(answered.get("headers") or {}) | {
        "x-request-id": request_id,
        "Kassa-Version": http_requests.version_of(event),
    }
    logger.info("request answered", route=event.get("routeKey"), status=answered["statusCode"])
    return answered


def _of_fault(error: Exception, event: dict[str, Any]) -> Refusal:
    """Return what answers the unexpected; AWS, where it takes no more, is expected again."""
    if isinstance(error, ClientError) and table.is_busy(error):
        logger.warning("request not taken", route=event.get("routeKey"), reason=reason_of(error))
        text = "the table takes no more just now: ask again"
        return Refusal("unavailable", text, headers={"Retry-After": str(BUSY_S)})
    logger.exception("request failed", route=event.get("routeKey"))
    count("ApiRequestFailed")
    return Refusal("internal", "Kassa failed: asking again does no harm")


def caller(api: APIGatewayHttpResolver | Router) -> Caller:
    """Return who is behind a request, as the authorizer proved it."""
    context = api.current_event.raw_event["requestContext"]
    return caller_of(context["authorizer"]["lambda"])


def _resolved(api: APIGatewayHttpResolver, event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Run the route; under an Idempotency-Key only once."""
    request_id = event["requestContext"]["requestId"]
    request = idempotency.named(event)
    if request is None:
        return api.resolve(event, context)
    if isinstance(request, Refusal):
        return _refused(request, request_id)
    known = idempotency.begin(request)
    if isinstance(known, Refusal):
        return _refused(known, request_id)
    if known is not None:
        return known
    answered: dict[str, Any] = {}
    try:
        answered = api.resolve(event, context)
    finally:
        idempotency.finish(request, answered)
    return answered


def _refuse_unknown_parameters(
    app: APIGatewayHttpResolver, next_middleware: NextMiddleware
) -> Response[Any]:
    """Name a query parameter that the route doesn't have: it was meant to say something."""
    route = app.context["_route"]
    known = sorted(str(one.alias) for one in route.dependant.query_params)
    sent = app.current_event.query_string_parameters or {}
    unknown = [name for name in sent if name not in known]
    if not unknown or route not in app._static_routes + app._dynamic_routes:
        return next_middleware(app)
    name = spoken(unknown[0])
    text = f"{name}: this route has {', '.join(known)}" if known else f"{name}: this route has none"
    return _response(Refusal("unknown_parameter", text, name), app)


def _response(refusal: Refusal, api: APIGatewayHttpResolver) -> Response[str]:
    """Return a refusal as a route's answer."""
    answered = _refused(refusal, str(api.current_event.raw_event["requestContext"]["requestId"]))
    return Response(refusal.status, JSON, answered["body"], headers=dict(refusal.headers))


def _refused(refusal: Refusal, request_id: str) -> dict[str, Any]:
    return {
        "statusCode": refusal.status,
        "headers": {"Content-Type": JSON} | refusal.headers,
        "body": json.dumps(refusal.body(request_id)),
        "isBase64Encoded": False,
    }
