"""Kassa's HTTP API as those use it who have a key: the shop, finance, and two clerks."""

from dataclasses import dataclass
from typing import Any

import httpx

from cli import doors, keys
from cli.stack import Stack
from kassa.domain.api_keys import Scope
from kassa.domain.refund_cases import RefundCase

TIMEOUT_S = 60.0

Answer = tuple[int, dict[str, Any]]


class Person:
    """Somebody with an API key."""

    def __init__(self, stack: Stack, name: str, *scopes: Scope) -> None:
        """Make a key that may do what the scopes say."""
        spelled, self.key = keys.make(name, scopes)
        self._base_url = stack.base_url
        self._headers = {"authorization": f"Bearer {spelled}"}

    def get(self, path: str) -> Answer:
        """Read something."""
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """Ask for something to be done."""
        return self._call("POST", path, body)

    def decide(self, refund_request_id: str, action: str, **words: Any) -> Answer:
        """Do what people do with a refund request."""
        return self.post(f"/refunds/{refund_request_id}/{action}", words)

    def refund(self, refund_request_id: str) -> RefundCase:
        """Read how a refund request stands."""
        _, said = self.get(f"/refunds/{refund_request_id}")
        return RefundCase.model_validate({name: said[name] for name in RefundCase.model_fields})

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        url, headers = f"{self._base_url}{path}", self._headers
        return _answered(httpx.request(method, url, json=body, headers=headers, timeout=TIMEOUT_S))


@dataclass(frozen=True)
class Office:
    """Who works here."""

    shop: Person
    finance: Person
    clerk: Person
    second_clerk: Person


def open_office(stack: Stack) -> Office:
    """Give everybody a key that may do no more than they do."""
    doors.open_doors(stack)
    deciding = Scope.REFUNDS_READ, Scope.REFUNDS_DECIDE
    return Office(
        shop=Person(stack, "shop", Scope.REFUNDS_READ, Scope.REFUNDS_WRITE),
        finance=Person(stack, "finance", Scope.POLICIES_READ, Scope.POLICIES_WRITE),
        clerk=Person(stack, "clerk", *deciding),
        second_clerk=Person(stack, "second clerk", *deciding),
    )


def _answered(answer: httpx.Response) -> Answer:
    """Return the status and what was said; a gateway in between may answer without JSON."""
    try:
        said = answer.json()
    except ValueError:
        said = {"message": answer.text[:200]}
    return answer.status_code, said if isinstance(said, dict) else {"items": said}
