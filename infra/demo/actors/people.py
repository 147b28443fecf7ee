"""Kassa's HTTP API as those use it who have a key: the shop, finance, and two clerks."""

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from infra.stack import Stack
from infra.stack_clients import connect, operator
from kassa.core.callers import Scope
from kassa.people.api_keys import ApiKey
from kassa.people.create_api_key import create_key_for_person, create_key_for_system
from kassa.people.create_person import create_person
from kassa.people.persons import Person, Role
from kassa.refunds.lifecycle.cases import RefundCase

TIMEOUT_S = 60.0
PATIENCE_S = 60.0  # a function that is just starting answers nobody else here
PAUSE_S = 0.2
TOO_MANY = 429

Answer = tuple[int, dict[str, Any]]


@cache
def http() -> httpx.Client:
    """Return the one client of HTTP: making one reads every certificate authority there is.

    Each request has a connection of its own; whoever listens here closes idle ones as it likes.
    """
    return httpx.Client(timeout=TIMEOUT_S, limits=httpx.Limits(max_keepalive_connections=0))


class Client:
    """Whoever has an API key: a person, or a machine of the merchant's."""

    def __init__(self, stack: Stack, made: tuple[str, ApiKey]) -> None:
        """Call the stack's API with a key that was just made."""
        spelled, self.key = made
        self._base_url = stack.base_url
        self._headers = {"authorization": f"Bearer {spelled}"}

    def get(self, path: str) -> Answer:
        """Read something."""
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """Ask for something to be done."""
        return self._call("POST", path, body)

    def put(self, path: str, body: dict[str, Any]) -> Answer:
        """Say how something is from now on."""
        return self._call("PUT", path, body)

    def decide(self, refund_request_id: str, action: str, **fields: Any) -> Answer:
        """Do what people do with a refund request."""
        return self.post(f"/refunds/{refund_request_id}/{action}", fields)

    def refund(self, refund_request_id: str) -> RefundCase:
        """Read how a refund request stands."""
        return case_of(self.get(f"/refunds/{refund_request_id}")[1])

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Ask, and while too many ask, which does nothing, ask again."""
        url, headers = f"{self._base_url}{path}", self._headers
        until = time.monotonic() + PATIENCE_S
        while True:
            answer = http().request(method, url, json=body, headers=headers)
            if answer.status_code != TOO_MANY or time.monotonic() > until:
                return _answered(answer)
            time.sleep(PAUSE_S)


@dataclass(frozen=True)
class People:
    """Who has a key."""

    shop: Client
    finance: Client
    clerk: Client
    second_clerk: Client


def case_of(body: dict[str, Any]) -> RefundCase:
    """Return a refund request as the API returns it."""
    return RefundCase.model_validate({name: body[name] for name in RefundCase.model_fields})


def person(stack: Stack, name: str, *roles: Role) -> Client:
    """Let somebody work here, with a key that may do all that they may."""
    by = operator(stack)
    return Client(stack, create_key_for_person(create_person(name, list(roles), by), by))


def clerk(stack: Stack) -> Person:
    """Return who uses the console here: somebody who requests refunds, and decides others'."""
    return create_person("Console", [Role.SUPPORT, Role.APPROVER], operator(stack))


def system(stack: Stack, name: str, *scopes: Scope) -> Client:
    """Give a machine a key that may do what the scopes say."""
    return Client(stack, create_key_for_system(name, operator(stack), scopes))


def with_keys(stack: Stack) -> People:
    """Give everybody a key that may do no more than they do."""
    connect(stack)
    orders = Scope.ORDERS_READ, Scope.ORDERS_WRITE, Scope.DELIVERIES_READ
    refunds = Scope.REFUNDS_READ, Scope.REFUNDS_WRITE
    return People(
        shop=system(stack, "shop", *orders, *refunds),
        finance=person(stack, "Finance", Role.FINANCE),
        clerk=person(stack, "Clerk", Role.APPROVER),
        second_clerk=person(stack, "Second clerk", Role.APPROVER),
    )


def _answered(answer: httpx.Response) -> Answer:
    """Return status and body, or why there is none; a gateway in between may have no JSON."""
    try:
        body = answer.json()
    except ValueError:
        body = {"message": answer.text[:200]}
    if not isinstance(body, dict):
        body = {"items": body}
    return answer.status_code, body.get("error", body)
