"""Stripe's errors, as its API words them.

A refusal that says `is_stored` came from a request that had begun to execute: with an idempotency
key it is remembered and replayed. Parameters that don't validate are never stored.
"""

from typing import Any

from infra.fake_gateways.kit.answers import Answer, Body

_DOCUMENTS = "https://stripe.com/docs/error-codes/"


class Refusal(ValueError):
    """A request that Stripe refuses."""

    def __init__(self, message: str, code: str = "", param: str = "", status: int = 400) -> None:
        """Keep why, in Stripe's terms; it came from the parameters alone unless given otherwise."""
        super().__init__(message)
        self.error: Body = {"type": "invalid_request_error", "message": message}
        if code:
            self.error |= {"code": code, "doc_url": _DOCUMENTS + code.replace("_", "-")}
        if param:
            self.error["param"] = param
        self.status = status
        self.is_stored = False

    def with_fields(self, **fields: Any) -> "Refusal":
        """Add what else the error says."""
        self.error |= fields
        return self

    def answer(self, headers: dict[str, str]) -> Answer:
        """Return it as an answer."""
        return Answer(self.status, {"error": self.error}, headers)


def in_execution(message: str, code: str = "", param: str = "", status: int = 400) -> Refusal:
    """A refusal by how things stand, found while executing."""
    refusal = Refusal(message, code, param, status)
    refusal.is_stored = True
    return refusal


def missing(kind: str, object_id: str, param: str = "id", status: int = 404) -> Refusal:
    """There is no such object: 404 for the one in the path, 400 for a parameter's."""
    return Refusal(f"No such {kind}: '{object_id}'", "resource_missing", param, status)


def declined(decline_code: str, code: str = "card_declined") -> Refusal:
    """A card was declined."""
    messages = {
        "incorrect_number": "Your card number is incorrect.",
        "expired_card": "Your card has expired.",
        "incorrect_cvc": "Your card's security code is incorrect.",
        "insufficient_funds": "Your card has insufficient funds.",
    }
    known = messages.get(decline_code) or messages.get(code) or "Your card was declined."
    refusal = in_execution(known, code, status=402)
    fields = {"type": "card_error"}
    if code == "card_declined" or decline_code != code:
        fields["decline_code"] = decline_code
    return refusal.with_fields(**fields)


def unauthorized(key: str) -> Refusal:
    """No key, or not one of the account's."""
    if not key:
        return Refusal("You did not provide an API key.", status=401)
    hidden = f"{key[:8]}{'*' * 12}{key[-4:]}"
    return Refusal(f"Invalid API Key provided: {hidden}", status=401)


def broken(status: int = 500) -> Refusal:
    """Something broke on Stripe's side; with an idempotency key even this is stored."""
    refusal = in_execution("An unknown error occurred", status=status)
    return refusal.with_fields(type="api_error")


def rate_limited() -> Refusal:
    """Too many requests; limiters stand before the idempotency layer."""
    return Refusal("Request rate limit exceeded.", "rate_limit", status=429)


def key_in_use(key: str) -> Refusal:
    """The first request with this key hasn't been answered yet."""
    message = f"There is currently another in-progress request using this idempotency key: {key}."
    return Refusal(message, "idempotency_key_in_use", status=409)


def key_used_otherwise(key: str) -> Refusal:
    """A key was used again for something else."""
    message = (
        "Keys for idempotent requests can only be used with the same parameters they were first "
        f"used with. Try using a key other than '{key}' for a different request."
    )
    return Refusal(message).with_fields(type="idempotency_error")
