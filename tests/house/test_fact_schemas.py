"""The published schemas are those of the models, and real facts pass them."""

import json

import jsonschema
import pytest

from infra.fact_schemas import SCHEMAS, as_text, fact_schemas
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT, captured, dispute, refund

MADE = fact_schemas()
NAMES = sorted(MADE)


@pytest.mark.parametrize("name", NAMES)
def test_a_published_schema_is_current(name: str) -> None:
    assert (SCHEMAS / f"{name}.json").read_text() == as_text(MADE[name])


def test_nothing_else_is_published() -> None:
    assert sorted(path.stem for path in SCHEMAS.glob("*.json")) == NAMES


def test_facts_pass_their_schema_as_they_stand_on_the_bus() -> None:
    state, seen = SubjectState(), set()
    for event in (captured(), refund("pending"), refund("failed"), dispute("lost", "withdrawn")):
        state, facts = book(state, event, CONTEXT)
        for fact in facts:
            detail = json.loads(fact.model_dump_json(exclude_none=True))
            jsonschema.validate(detail, MADE[fact.data.fact])
            seen.add(fact.data.fact)
    assert len(seen) == 5


def test_a_fact_with_a_float_for_an_amount_is_refused() -> None:
    _, (fact,) = book(SubjectState(), captured(), CONTEXT)
    detail = json.loads(fact.model_dump_json(exclude_none=True))
    detail["data"]["amount"]["amount_minor"] = 100.5
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(detail, MADE["PaymentCaptured"])
