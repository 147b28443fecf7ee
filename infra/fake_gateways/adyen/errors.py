"""Adyen's errors: a status, a code that says why, and a kind; from "Error codes and messages"."""

from infra.fake_gateways.kit.answers import Answer


class Refusal(ValueError):
    """A request that Adyen answers with an error."""

    def __init__(self, status: int, code: str, message: str, kind: str = "validation") -> None:
        """Keep what will be answered."""
        super().__init__(message)
        self.status, self.code, self.message, self.kind = status, code, message, kind

    def answer(self, psp_reference: str) -> Answer:
        """Return the error as Adyen writes it."""
        body = {
            "status": self.status,
            "errorCode": self.code,
            "message": self.message,
            "errorType": self.kind,
            "pspReference": psp_reference,
        }
        return Answer(self.status, body)


def unauthorized() -> Refusal:
    """No key, or a wrong one."""
    return Refusal(401, "000", "HTTP Status Response - Unauthorized", "security")


def forbidden() -> Refusal:
    """A key that may not act for this merchant account."""
    return Refusal(403, "901", "Invalid Merchant Account", "security")


def not_found() -> Refusal:
    """Nothing stands at that path."""
    return Refusal(404, "000", "Not found", "validation")


def unknown_payment() -> Refusal:
    """A modification of a payment that isn't there."""
    return Refusal(422, "167", "Original pspReference required for this operation")


def missing(name: str) -> Refusal:
    """A field that must be there isn't."""
    codes = {"amount": "100", "reference": "130"}
    return Refusal(422, codes.get(name, "702"), f"Required field '{name}' is not provided.")


def bad_amount(message: str = "Invalid amount specified") -> Refusal:
    """An amount that can't be."""
    return Refusal(422, "137", message)


def in_progress() -> Refusal:
    """A key whose first request isn't answered yet, or that was used for something else."""
    return Refusal(422, "704", "request already processed or in progress")


def rate_limited() -> Refusal:
    """Too many requests."""
    return Refusal(429, "000", "Too many requests", "internal")


def broken(status: int = 500) -> Refusal:
    """An error of Adyen's own."""
    return Refusal(status, "905_1", "Could not find an acquirer account", "internal")
