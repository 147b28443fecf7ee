"""How BTCPay says no: a problem with a code, or a list of the fields that were wrong."""

from typing import Any

from infra.fake_gateways.kit.answers import Answer


class Refusal(ValueError):
    """A request that is not executed."""

    def __init__(self, status: int, body: Any) -> None:
        """Keep what is answered."""
        super().__init__(str(body))
        self.status = status
        self.body = body

    def answer(self) -> Answer:
        """Return it as BTCPay answers it."""
        return Answer(self.status, self.body)


def problem(status: int, code: str, message: str) -> Refusal:
    """Return a refusal with one of the documented codes."""
    return Refusal(status, {"code": code, "message": message})


def not_found(kind: str) -> Refusal:
    """Return the refusal of an id that the store doesn't have."""
    return problem(404, f"{kind}-not-found", f"The {kind} was not found")


def invalid(path: str, message: str) -> Refusal:
    """Return the refusal of one field of a request."""
    return Refusal(422, [{"path": path, "message": message}])


def unauthorized() -> Refusal:
    """Return the refusal of an unknown key."""
    return problem(401, "unauthenticated", "Authentication is required for accessing this endpoint")


class Unknown(ValueError):
    """Something that BTCPay doesn't know at all, and so can't be made to do."""
