"""What `kassa smoke` concludes of rights: whatever the platform answers, it says what to change."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cli.smoke import rights as smoke_rights
from cli.smoke.rights import Outcome, Verdict, look_at_rights
from tests.support.console import Console
from tests.support.console import console as console

Leading = Callable[[list[str]], list[str]]
OWN, OTHERS, MISSING = (
    "a transaction on its own keys",
    "a transaction with a key of others",
    "an object that isn't there",
)


class Role:
    """The smoke role on a platform that shows its condition some of a transaction's keys."""

    def __init__(self, seen_of_transaction: Leading, seen_of_put: Leading = list) -> None:
        self._of_transaction, self._of_put = seen_of_transaction, seen_of_put
        self._real = boto3.client("dynamodb")

    def put_item(self, **request: Any) -> Any:
        """Write an item, if the condition lets it."""
        self._require(self._of_put([request["Item"]["PK"]["S"]]), "PutItem")
        return self._real.put_item(**request)

    def transact_write_items(self, **request: Any) -> Any:
        """Write items together, if the condition lets them."""
        written = [one["Put"]["Item"]["PK"]["S"] for one in request["TransactItems"]]
        self._require(self._of_transaction(written), "TransactWriteItems")
        return self._real.transact_write_items(**request)

    def _require(self, seen: list[str], operation: str) -> None:
        if not all(key.startswith("SMOKE#") for key in seen):
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, operation)


def outcomes(
    console: Console, monkeypatch: pytest.MonkeyPatch, role: Any, s3: Any = None
) -> dict[str, Outcome]:
    clients = {"dynamodb": role, "s3": s3 or boto3.client("s3")}
    monkeypatch.setattr(smoke_rights, "role_clients", lambda *_: clients)
    found = look_at_rights(console.operated)
    assert console.made.items() == []  # nothing is left, whatever came of it
    assert found[2].name == "rewriting the audit trail"
    return {one.name: one for one in found}


def verdicts(found: dict[str, Outcome]) -> list[str]:
    return [found[name].verdict.value for name in (OWN, OTHERS, MISSING)]


def test_a_condition_that_sees_all_keys_passes(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outcomes(console, monkeypatch, Role(seen_of_transaction=list))
    assert verdicts(found) == ["passed", "passed", "passed"]
    assert not any(found[name].what_to_do for name in (OWN, OTHERS, MISSING))


def test_an_audit_trail_that_can_be_rewritten_fails(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outcomes(console, monkeypatch, Role(seen_of_transaction=list))
    trail = found["rewriting the audit trail"]  # here nothing enforces the table's own policy
    assert trail.verdict is Verdict.FAILED
    assert "ResourcePolicy" in trail.what_to_do


@pytest.mark.parametrize(
    ("seen", "where"),
    [
        (lambda keys: keys[:1], "second"),
        (lambda keys: keys[-1:], "first"),
        (lambda _: [], "second"),
    ],
)
def test_a_condition_that_sees_fewer_keys_fails_and_says_what_to_change(
    console: Console, monkeypatch: pytest.MonkeyPatch, seen: Leading, where: str
) -> None:
    found = outcomes(console, monkeypatch, Role(seen_of_transaction=seen))
    assert verdicts(found) == ["passed", "failed", "passed"]
    assert where in found[OTHERS].seen
    assert "template.yaml" in found[OTHERS].what_to_do


def test_a_condition_that_refuses_every_transaction_fails_too(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outcomes(console, monkeypatch, Role(seen_of_transaction=lambda _: ["nothing"]))
    assert verdicts(found)[0] == "failed"
    assert "LeadingKeys" in found[OWN].what_to_do


def test_where_no_condition_is_enforced_it_says_that_it_cannot_tell(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = Role(seen_of_transaction=lambda _: [], seen_of_put=lambda _: [])
    found = outcomes(console, monkeypatch, role)
    assert found[OTHERS].verdict is Verdict.UNKNOWN
    assert "aren't enforced" in found[OTHERS].seen


def test_an_object_that_is_refused_and_not_missing_needs_a_right(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forbidden:
        exceptions = boto3.client("s3").exceptions

        def get_object(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

    found = outcomes(console, monkeypatch, Role(seen_of_transaction=list), Forbidden())
    assert found[MISSING].verdict is Verdict.FAILED
    assert "s3:ListBucket" in found[MISSING].what_to_do


def test_an_outage_is_no_answer(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    class Down(Role):
        def transact_write_items(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems")

    with pytest.raises(ClientError):
        outcomes(console, monkeypatch, Down(seen_of_transaction=list))
