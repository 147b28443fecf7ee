"""Why a request is refused, in the API's one form: who calls, what was sent, what went wrong."""

import re
from typing import Any

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from kassa.core.callers import ScopeMissing
from kassa.core.errors import (
    CheckoutRefused,
    CheckoutUnavailable,
    ClaimTaken,
    Conflict,
    CurrencyNotTaken,
    EinvoiceRefused,
    GatewayUnavailable,
    InvalidRequest,
    KassaError,
    LinesRefunded,
    NotFound,
    OrderChanged,
    OverHeadroom,
    PolicyRefused,
    QueueUnavailable,
    SecretsUnavailable,
    StaleWrite,
    UnreadableItem,
)
from kassa.http_api.errors import Refusal, Refused
from kassa.http_api.routes import methods_of

_ACCESS = {
    "missing_key": "no API key: send the header Authorization: Bearer kassa_…",
    "invalid_key": "this is no API key of this stack: 'kassa keys create' makes one",
    "expired_key": "this API key is past its end: 'kassa keys create' makes another",
    "revoked_key": "this API key was revoked: 'kassa keys create' makes another",
}
_BUSY_S: dict[type[KassaError], int] = {
    StaleWrite: 1,
    GatewayUnavailable: 5,
    QueueUnavailable: 5,
    SecretsUnavailable: 60,
    UnreadableItem: 60,  # until the newer release is back
}
_CODES: dict[type[KassaError], str] = {  # the first that fits
    ScopeMissing: "missing_scope",
    NotFound: "not_found",
    PolicyRefused: "policy_has_errors",
    EinvoiceRefused: "no_einvoice",
    InvalidRequest: "invalid_parameter",
    OverHeadroom: "more_than_refundable",
    LinesRefunded: "line_already_refunded",
    ClaimTaken: "claim_taken",
    OrderChanged: "order_changed",
    Conflict: "conflict",
    CurrencyNotTaken: "currency_not_supported",
    CheckoutRefused: "checkout_refused",
    CheckoutUnavailable: "unavailable",
    **dict.fromkeys(_BUSY_S, "unavailable"),
}
_PATTERNS = {  # in words: people who send requests needn't read regular expressions
    r"^[A-Z]{3}$": "must be three capital letters of ISO 4217, such as EUR",
    r"^([0-9]{4}-[0-9WSF-]{2,6}|[0-9-]{10}\.\.[0-9-]{10}(-e[0-9]{1,2})?)$": (
        "must be a day, week, month or window as 2026-11-21, 2026-W47, 2026-11,"
        " 2026-11-01..2026-11-17"
    ),
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{8}$": "must be an anomaly, such as 2026-11-21-4f1c09ab",
    r"^20[0-9]{2}-(0[1-9]|1[0-2])$": "must be a month, such as 2026-11",
    r"^[A-Z]{2}$": "must be two capital letters of ISO 3166-1, such as FI",
    r"^[0-9a-f]{16,128}$": "must be 16 to 128 of the digits 0 to 9 and the letters a to f: a hash",
    r"^[0-9a-f]{64}$": "must be the code_id that was answered when the code was asked for",
    r"^[\w.:/@+-]{1,200}$": "must be 1 to 200 letters, digits and any of . _ : / @ + -",
    r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$": (
        "must be 1 to 64 letters, digits and any of . _ : + -, and begin with a letter or digit"
    ),
    r"^[A-Za-z0-9][A-Za-z0-9._:+/-]{0,199}$": (
        "must be 1 to 200 letters, digits and any of . _ : + / -, and begin with a letter or digit;"
        " a mail address is none: send an id"
    ),
    r"^[A-Za-z0-9_:/+-]{1,256}$": "must be 1 to 256 letters, digits and any of _ : / + -",
    r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$": "must be a number, such as 7.5",
    r"^[A-Za-z0-9_-]{1,64}$": "must be 1 to 64 letters, digits and any of _ -",
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$": "must be a language tag, such as en or zh-Hant",
    r"^[0-9]{4}-[0-9]{8}$": "must be an invoice's number as it is printed, as 2026-00000001",
    r"^(CN-|RC-)?[0-9]{4}-[0-9]{8}$": "must be a number as it is printed, such as 2026-00000001",
    r"^[ -~]+$": "must be printable characters of ASCII",
    r"^[0-9]{4}$": "must be a year of four digits",
    r"^\d{4}$": "must be four digits: a scheme of ISO 6523",
    r"^[0-9A-Z]{2,4}$": "must be a scheme of the EAS code list, such as 0037 or EM",
    r"^[A-Z0-9]{2,3}$": "must be a unit of UNECE recommendation 20, such as C62 or HUR",
    r"^([A-Z]{2}/)?[a-z][a-z0-9_-]{0,39}$": (
        "must be a class of your tax rates, such as reduced, or of another country's: SE/reduced"
    ),
    r"^VATEX-[A-Z0-9-]{2,40}$": "must be a code of the VATEX list, such as VATEX-EU-AE",
    r"^[a-z]{1,20}$": "must be a gateway's name, 1 to 20 small letters",
    r"^[a-z0-9_-]{1,40}$": "must be 1 to 40 small letters, digits and any of _ -, such as web",
    r"^[a-z0-9_]{1,40}$": "must be 1 to 40 small letters, digits and _, such as visa",
    r"^[A-Za-z0-9_-]{1,50}$": "must be 1 to 50 letters, digits and any of _ -",
    r"^[^\s@]{1,64}@[^\s@]{1,255}$": "must be a mail address",
    r"^(?!^[-+.]*$)[+-]?0*(?:\d{0,3}|(?=[\d.]{1,8}0*$)\d{0,3}\.\d{0,4}0*$)": (
        "must be a number of at most four decimals, such as 25.5"
    ),
    r"^(https://[A-Za-z0-9][A-Za-z0-9.-]*|http://(127\.0\.0\.1|localhost))"
    r"(:[0-9]+)?([/?#][!#-;=?-Z_a-z~%\[\]]*)?$": "must be an address that begins with https://",
    r"^#[0-9a-fA-F]{6}$": "must be a colour, such as #1f4b7a",
    r"^[0-9]{20}$": "must be an account of 20 digits",
    r"^[A-Z0-9]{8}([A-Z0-9]{3})?$": "must be a BIC of 8 or 11 letters and digits",
    r"^[0-9-]{3,12}$": "must be a bank's code: 3 to 12 digits and hyphens",
    r"^(?!^[-+.]*$)[+-]?0*(?:\d{0,9}|(?=[\d.]{1,16}0*$)\d{0,9}\.\d{0,6}0*$)": (
        "must be a number of at most six decimals, such as 7.5"
    ),
    r"^[A-Z0-9]{1,3}$": "must be a code of UNCL 5189 or 7161, such as 95 or FC",
    r"^[^@\r\n]*$": "must be one line without a mail address",
}
_MORE = ("left_minor", "left_lines", "differences", "left_out", "findings", "rules")
_NAMED = re.compile(r"([a-z_][\w.]*): ")
_NAME_MAX = 100
FIELDS_MAX = 100  # a body may have tens of thousands that nobody knows, each of which took its time
_MALFORMED = {
    "missing": "is missing",
    "extra_forbidden": "is no field of this request",
    "too_short": "holds too few: at least {min_length}",
    "too_long": "holds too many: at most {max_length}",
    "string_too_short": "is too short: at least {min_length}",
    "string_too_long": "is too long: at most {max_length}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}
NO_ROUTE = "there is no such route: GET /openapi.json lists them all"


def of_access(event: dict[str, Any]) -> Refusal | None:
    """Return why a request isn't let in: only whom the authorizer named is, and for this route."""
    found = ((event.get("requestContext") or {}).get("authorizer") or {}).get("lambda") or {}
    code = found.get("refusal")
    if code is None and found.get("key_id"):
        return None
    if code == "unknown_route":
        return _no_route(event)
    if code == "missing_scope":
        scope = str(found.get("scope", ""))
        return Refusal(code, f"this API key lacks the scope {scope}", more={"scope": scope})
    code = code if code in _ACCESS else "invalid_key"
    challenge = {"WWW-Authenticate": 'Bearer realm="kassa"'}
    return Refusal(code, _ACCESS[code], "Authorization", headers=challenge)


def of_error(error: KassaError) -> Refusal | None:
    """Return how an error of ours is answered to a caller; none for what is our own fault."""
    if isinstance(error, Refused):
        return error.refusal
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), None)
    if code is None:
        return None
    more = {name: getattr(error, name) for name in _MORE if hasattr(error, name)}
    named = _NAMED.match(str(error)) if isinstance(error, InvalidRequest | Conflict) else None
    headers: dict[str, str] = {}
    if code == "unavailable":
        seconds = next((s for kind, s in _BUSY_S.items() if isinstance(error, kind)), None)
        headers = {"Retry-After": str(getattr(error, "retry_after_s", seconds))}
    return Refusal(code, str(error), named[1] if named else None, more, headers)


def of_fields(error: RequestValidationError) -> Refusal:
    """Name the fields that are off, a hundred at most, and why; never what they held.

    A list is too short also where its items can't be read: then these are named alone.
    """
    found = error.errors()
    within = {one["loc"][:end] for one in found for end in range(len(one["loc"]))}
    own = [one for one in found if one["type"] != "too_short" or one["loc"] not in within]
    fields = [{"field": _name(one["loc"]), "message": _message(one)} for one in own[:FIELDS_MAX]]
    first = fields[0]
    text = f"{first['field']}: {first['message']}"
    return Refusal("invalid_parameter", text, first["field"], {"fields": fields})


def _no_route(event: dict[str, Any]) -> Refusal:
    path = str(event.get("rawPath", ""))
    if methods := methods_of(path):
        text = f"this route takes {' and '.join(methods)}"
        return Refusal("method_not_allowed", text, headers={"Allow": ", ".join(methods)})
    return Refusal("unknown_route", NO_ROUTE)


def spoken(name: str) -> str:
    """Return a name that a caller may have made up, unless it is none that one could repeat."""
    return name if re.fullmatch(r"[\w.:-]{1,40}", name) else "?"


def _name(loc: tuple[Any, ...]) -> str:
    """Return a field's path."""
    parts = [str(part) for part in loc[1:]] or [str(loc[-1])]
    return ".".join(map(spoken, parts))[:_NAME_MAX]


def _message(one: dict[str, Any]) -> str:
    if one["type"] == "int_type" and one["loc"][-1] == "amount_minor":
        return "must be a whole number of minor units, without quotes: 10000 for 100.00 EUR"
    if one["type"] == "string_pattern_mismatch":
        return pattern_text(str(one["ctx"]["pattern"]))
    if one["type"] in _MALFORMED:
        return _MALFORMED[one["type"]].format(**one.get("ctx", {}))
    return str(one["msg"]).removeprefix("Value error, ")


def pattern_text(pattern: str) -> str:
    """Return what a pattern allows; a test holds that every pattern of the API has its words."""
    return _PATTERNS.get(pattern, "has characters, or a length, that aren't allowed here")


def is_known(pattern: str) -> bool:
    """Whether a pattern has words."""
    return pattern in _PATTERNS
