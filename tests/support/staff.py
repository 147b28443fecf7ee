"""Those who work at a test's merchant: persons and machines with keys, let in by the authorizer."""

from collections.abc import Callable
from typing import Any

from functions.authorize_api.app import lambda_handler as authorize
from functions.decide_refund.app import lambda_handler as decide_refund
from functions.save_policy.app import lambda_handler as save_policy
from kassa.audit.trail import Actor
from kassa.core.callers import Scope
from kassa.people.create_api_key import create_key_for_person, create_key_for_system
from kassa.people.create_person import create_person
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase
from tests.support.aws_stack import Context
from tests.support.refund_stage import answered, http_event

DECIDE = "POST /refunds/{refund_request_id}/{action}"
OPERATOR = Actor(aws_arn="arn:aws:iam::123456789012:user/operator")
Answer = tuple[int, dict[str, Any]]


class Worker:
    """Whoever has keys, and shows the last one that was made."""

    def __init__(self, key: str, person_id: str | None = None) -> None:
        self.key, self.person_id = key, person_id

    def take_another_key(self) -> None:
        """Show another key of the same person from now on."""
        person = Persons().named(str(self.person_id))
        self.key, _ = create_key_for_person(person, OPERATOR)

    def call(self, handler: Callable[..., Any], route: str, body: Any, **path: str) -> Answer:
        """Call the API as API Gateway does: the authorizer first; 403 where it denies."""
        headers = {"authorization": f"Bearer {self.key}"}
        answer = authorize({"routeKey": route, "headers": headers}, Context())  # type: ignore[arg-type]
        if not answer["isAuthorized"]:
            return 403, {}
        event = http_event(route, body, "", **path)
        event["requestContext"]["authorizer"] = {"lambda": answer["context"]}
        return answered(handler(event, Context()))

    def decide(self, of: RefundCase, action: str, **fields: Any) -> Answer:
        """Do something with a refund request."""
        path = {"refund_request_id": of.request.refund_request_id, "action": action}
        return self.call(decide_refund, DECIDE, fields, **path)

    def approve(self, of: RefundCase, amount_minor: int | None = None) -> str:
        """Approve what must be approvable; return how the request stands then."""
        fields = {} if amount_minor is None else {"amount_minor": amount_minor}
        status, answer = self.decide(of, "approve", **fields)
        assert status == 200, answer
        return str(answer["case"]["lifecycle"]["state"])

    def save(self, **policy: Any) -> Answer:
        """Save a refund policy."""
        return self.call(save_policy, "POST /policies", {"rules": []} | policy)


def person(*roles: Role, is_sole: bool = False) -> Worker:
    """Let somebody work here, with a key for all that their roles allow."""
    made = create_person("Some Body", list(roles), OPERATOR, is_sole)
    return Worker(create_key_for_person(made, OPERATOR)[0], made.person_id)


def machine(*scopes: Scope) -> Worker:
    """Give a machine a key."""
    return Worker(create_key_for_system("shop", OPERATOR, scopes)[0])


def authorized(api_key: str, route: str) -> bool:
    aws.install({})
    event = {"routeKey": route, "headers": {"authorization": f"Bearer {api_key}"}}
    return "key_id" in authorize(event, Context())["context"]
