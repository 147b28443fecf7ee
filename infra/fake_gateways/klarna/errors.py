"""How Klarna says no: a code, messages, and an id to ask its support by."""

from infra.fake_gateways.kit.answers import Answer

CORRELATION_ID = "2fe0311b-adc5-45e5-ac2b-963dac83c88b"


class Refusal(ValueError):
    """A request that Klarna refuses."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """Keep what is answered."""
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def answer(self) -> Answer:
        """Say no as Klarna does."""
        body = {"error_code": self.code, "error_messages": [self.message]}
        return Answer(self.status, body | {"correlation_id": CORRELATION_ID})


def bad_value(name: str, why: str) -> Refusal:
    """Refuse a value."""
    return Refusal("BAD_VALUE", f"Bad value: {name}: {why}", 400)


def not_allowed(code: str, message: str) -> Refusal:
    """Refuse what an order's state forbids."""
    return Refusal(code, message, 403)


def no_such(what: str, name: str) -> Refusal:
    """Know nothing of an order, a page, a payout or a dispute."""
    code = "NO_SUCH_ORDER" if what == "order" else "NOT_FOUND"
    return Refusal(code, f"The {what} {name} cannot be found.", 404)


def broken(status: int) -> Refusal:
    """Break down."""
    if status == 429:
        return Refusal("TOO_MANY_REQUESTS", "Too many requests", status)
    code = "TEMPORARILY_UNAVAILABLE" if status == 503 else "INTERNAL_SERVER_ERROR"
    return Refusal(code, "Unexpected server error", status)
