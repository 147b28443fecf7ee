"""What PayPal refuses, in its own words: name, issue and, for most, a sentence."""

from infra.twins.answers import Answer, Body

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


class Refusal(Exception):
    """PayPal says no, or that it is broken."""

    def __init__(
        self, status: int, issue: str = "", description: str = "", field: str = ""
    ) -> None:
        """Refuse with a status and, where there is one, the issue."""
        super().__init__(issue or str(status))
        self.status, self.issue, self.description, self.field = status, issue, description, field

    def answer(self, debug_id: str) -> Answer:
        """Return what PayPal says."""
        name, message = _NAMES[self.status]
        body: Body = {"name": name, "message": message, "debug_id": debug_id, "links": []}
        if self.issue:
            detail = {"issue": self.issue, "description": self.description or self.issue}
            body["details"] = [detail | ({"field": self.field} if self.field else {})]
        return Answer(self.status, body, {"Paypal-Debug-Id": debug_id})


def missing(object_id: str) -> Refusal:
    """Return the refusal of an id that PayPal doesn't know."""
    said = "Specified resource ID does not exist. Please check the resource ID and try again."
    return Refusal(404, "INVALID_RESOURCE_ID", said)


def unprocessable(issue: str, description: str = "") -> Refusal:
    """Return the refusal of something understood and not done."""
    return Refusal(422, issue, description)


def malformed(issue: str, field: str) -> Refusal:
    """Return the refusal of a request that isn't as PayPal wants it."""
    return Refusal(400, issue, "", field)
