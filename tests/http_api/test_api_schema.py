"""Generated requests against the whole API: it keeps to its own description, and never fails.

schemathesis draws requests from docs/openapi.json, sound ones and broken ones, and sends them
through the authorizer to the real handlers. The number of requests for each route bounds the time.
"""

import os
from datetime import timedelta

import pytest
import schemathesis
from schemathesis import GenerationMode

from infra import openapi_texts
from kassa.core.callers import Scope
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import ApiKey, Token, hashed, spell
from kassa.people.persons import Person, Role
from kassa.people.store import Persons
from kassa.platform.settings import settings
from tests.support.api_description import api_description
from tests.support.api_door import ApiDoor
from tests.support.api_requests import pay
from tests.support.api_schema import EXAMPLED, LABELS, LEFT_OUT, operations, send_drawn
from tests.support.aws_stack import NOW, keep_secret
from tests.support.builders import OPERATOR
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

SECRET, KEY_ID, PERSON_ID = "5e" * 32, "0123456789abcdef", "person_" + "a1" * 6
BEARER = "Bearer " + spell(Token(KEY_ID, SECRET))
EXAMPLES = int(os.environ.get("API_EXAMPLES", "2"))  # for each route; the night draws more


SCHEMA = schemathesis.openapi.from_dict(api_description())
SCHEMA.app = ApiDoor()
OPERATIONS = operations(SCHEMA)


@pytest.fixture
def person(stage: RefundStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody in who may do everything, in front of books with one payment."""
    anna = Person(
        person_id=PERSON_ID, name="Anna", roles=frozenset(Role), is_sole=True, created_at=NOW
    )
    key = ApiKey(
        key_id=KEY_ID,
        name="everything",
        scopes=frozenset(Scope),
        secret_sha256=hashed(SECRET),
        person_id=PERSON_ID,
        created_at=NOW,
        expires_at=NOW + timedelta(days=30),
    )
    Persons().add(anna, OPERATOR)
    ApiKeys().add(key, OPERATOR)
    keep_secret("kassa/outgoing-webhooks", "m" * 64)
    keep_secret("kassa/sign-in", "m" * 64)
    monkeypatch.setenv("MESSAGES_QUEUE_URL", stage.stack.published_queue)
    settings.cache_clear()
    pay(1)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", LABELS)
def test_the_api_keeps_to_its_description(person: None, label: str, mode: GenerationMode) -> None:
    send_drawn(
        OPERATIONS[label],
        mode,
        EXAMPLES,
        lambda case: case.call_and_validate(
            headers={"Authorization": BEARER}, excluded_checks=LEFT_OUT
        ),
    )


@pytest.mark.parametrize("label", EXAMPLED)
def test_an_example_of_the_description_is_answered_as_described(person: None, label: str) -> None:
    operation = OPERATIONS[label]
    example = openapi_texts.REQUESTS[operation.definition.raw["operationId"]]
    case = operation.Case(body=example, media_type="application/json")

    answer = case.call_and_validate(headers={"Authorization": BEARER})

    assert answer.status_code == (404 if label == "POST /refunds" else answer.status_code)


def test_every_operation_is_called() -> None:
    assert sorted(OPERATIONS) == LABELS
