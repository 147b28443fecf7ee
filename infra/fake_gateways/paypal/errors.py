"""What PayPal refuses, by its own codes: the error's name and the issue, which is what counts."""

from infra.fake_gateways.kit.answers import Answer, Body

_NAMES = {
    400: (
        "INVALID_REQUEST",
        "Request is not well-formed, syntactically incorrect, or violates schema.",
    ),
    401: (
        "AUTHENTICATION_FAILURE",
        "Authentication failed due to missing authorization header, or invalid authentication"
        " credentials.",
    ),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    409: ("RESOURCE_CONFLICT", "The server has detected a conflict while processing this request."),
    422: (
        "UNPROCESSABLE_ENTITY",
        "The requested action could not be performed, semantically incorrect, or failed business"
        " validation.",
    ),
    429: ("RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error occurred."),
    503: ("SERVICE_UNAVAILABLE", "Service Unavailable."),
}


class Refusal(ValueError):
    """PayPal says no, or that it is broken."""

    def __init__(self, status: int, issue: str = "", field: str = "", message: str = "") -> None:
        """Refuse with a status and, where there is one, the issue and what it is about."""
        super().__init__(issue or str(status))
        self.status, self.issue, self.field, self.message = status, issue, field, message

    def answer(self, debug_id: str) -> Answer:
        """Return what PayPal says."""
        name, message = _NAMES[self.status]
        body: Body = {
            "name": name,
            "message": self.message or message,
            "debug_id": debug_id,
            "links": [],
        }
        if self.issue:
            detail = {"issue": self.issue}
            body["details"] = [detail | ({"field": self.field} if self.field else {})]
        return Answer(self.status, body, {"Paypal-Debug-Id": debug_id})


def missing() -> Refusal:
    """Return the refusal of an id or a path that PayPal doesn't know."""
    return Refusal(404, "INVALID_RESOURCE_ID")


def unprocessable(issue: str) -> Refusal:
    """Return the refusal of something understood and not done."""
    return Refusal(422, issue)


def malformed(issue: str, field: str) -> Refusal:
    """Return the refusal of a request that isn't as PayPal wants it."""
    return Refusal(400, issue, field)


def not_reported() -> Refusal:
    """Return the refusal of a report that begins where reports don't reach yet."""
    return Refusal(400, message="Data for the given start date is not available.")
