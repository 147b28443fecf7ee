"""The one form in which the API says no: an error with a type, a code, a parameter and a request.

`CODES` is the whole table: a code, the status it is answered with, its type and what the caller
should do. The description of the API, the guide and the tests all read it here.
"""

from enum import StrEnum
from typing import Any, NamedTuple

from kassa.core.errors import KassaError
from kassa.core.model import Model


class ErrorType(StrEnum):
    """What kind of no it is; programs branch on this first."""

    INVALID_REQUEST = "invalid_request"  # the request can't be: mend it
    AUTHENTICATION = "authentication"  # nobody knows who calls
    PERMISSION = "permission"  # it is known who calls, and they may not
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"  # it can't be done as things stand
    REFUSED = "refused"  # nobody takes it: another order may do
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"  # ask again after Retry-After seconds
    INTERNAL = "internal"  # our fault: an alarm has seen it


class Code(NamedTuple):
    """One reason for a no."""

    status: int
    type: ErrorType
    meaning: str


_INVALID, _AUTHENTICATION = ErrorType.INVALID_REQUEST, ErrorType.AUTHENTICATION
_NOT_FOUND, _CONFLICT, _REFUSED = ErrorType.NOT_FOUND, ErrorType.CONFLICT, ErrorType.REFUSED

CODES = {
    "invalid_parameter": Code(400, _INVALID, "a field or parameter can't be; `param` names it"),
    "unknown_parameter": Code(400, _INVALID, "the route has no such query parameter"),
    "invalid_json": Code(400, _INVALID, "the body isn't JSON; line and column are named"),
    "policy_has_errors": Code(400, _INVALID, "the policy has errors; `findings` lists them all"),
    "no_einvoice": Code(400, _INVALID, "it breaks rules of its profile; `rules` lists them all"),
    "unknown_version": Code(400, _INVALID, "the header Kassa-Version names no version there is"),
    "missing_key": Code(401, _AUTHENTICATION, "send Authorization: Bearer and an API key"),
    "invalid_key": Code(401, _AUTHENTICATION, "there is no such key, or its secret is another"),
    "expired_key": Code(401, _AUTHENTICATION, "the key is past its end: make another"),
    "revoked_key": Code(401, _AUTHENTICATION, "the key was revoked: make another"),
    "invalid_code": Code(401, _AUTHENTICATION, "the code is wrong, used, replaced or too old"),
    "no_session": Code(401, _AUTHENTICATION, "the session is over, or there is none: sign in"),
    "missing_scope": Code(403, ErrorType.PERMISSION, "the key lacks the scope that is named"),
    "not_found": Code(404, _NOT_FOUND, "nothing is stored under that id"),
    "unknown_route": Code(404, _NOT_FOUND, "there is no such route"),
    "method_not_allowed": Code(405, _INVALID, "the route takes other methods: Allow names them"),
    "conflict": Code(409, _CONFLICT, "it can't be done as things stand; the message says how"),
    "more_than_refundable": Code(409, _CONFLICT, "`left_minor` may still be refunded"),
    "line_already_refunded": Code(409, _CONFLICT, "`left_lines` may still be given back"),
    "claim_taken": Code(409, _CONFLICT, "the claim has a request that says something else"),
    "order_changed": Code(409, _CONFLICT, "the order was sent before with other fields"),
    "in_progress": Code(409, _CONFLICT, "the same Idempotency-Key is being answered: wait"),
    "idempotency_key_reused": Code(409, _CONFLICT, "the key was sent with another request before"),
    "body_too_large": Code(413, _INVALID, "the body is larger than any request"),
    "unsupported_media_type": Code(415, _INVALID, "send JSON as Content-Type: application/json"),
    "checkout_refused": Code(422, _REFUSED, "no gateway opens a checkout; `left_out` says why"),
    "currency_not_supported": Code(422, _REFUSED, "nobody pays in it, or no gateway takes it"),
    "rate_limited": Code(429, ErrorType.RATE_LIMITED, "too many requests: slow down"),
    "internal": Code(500, ErrorType.INTERNAL, "Kassa failed; asking again does no harm"),
    "unavailable": Code(503, ErrorType.UNAVAILABLE, "ask again after Retry-After seconds"),
}


class ApiError(Model):
    """Why a request was refused, and what to do."""

    type: ErrorType
    code: str
    param: str | None  # the field, parameter or header that is off, if one is
    message: str
    request_id: str
    scope: str | None = None  # the scope that the key lacks
    left_minor: int | None = None  # what may still be refunded, in minor units
    left_lines: dict[str, int] | None = None  # how many of each line
    fields: tuple[dict[str, str], ...] | None = None  # those malformed, and why
    differences: tuple[dict[str, Any], ...] | None = None  # of an order: field, was, is
    left_out: tuple[dict[str, Any], ...] | None = None  # each route, and why it isn't taken
    findings: tuple[dict[str, Any], ...] | None = None  # all there is to say of a policy
    rules: tuple[dict[str, str], ...] | None = None  # of an electronic invoice: rule, field, advice


class Problem(Model):
    """The body of every refusal."""

    error: ApiError


class Refusal(NamedTuple):
    """A no before it is answered."""

    code: str
    message: str
    param: str | None = None
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}

    @property
    def status(self) -> int:
        """Return the HTTP status that it is answered with."""
        return CODES[self.code].status

    def body(self, request_id: str) -> dict[str, Any]:
        """Return what is answered to a request."""
        error = ApiError(
            type=CODES[self.code].type,
            code=self.code,
            param=self.param,
            message=self.message,
            request_id=request_id,
            **self.more,
        )
        always = {"param"}
        kept = error.model_dump(mode="json")
        return {"error": {n: v for n, v in kept.items() if v is not None or n in always}}


class Refused(KassaError):
    """A no that its room words itself."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep how it is answered."""
        super().__init__(refusal.code)
        self.refusal = refusal
