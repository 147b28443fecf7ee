"""What only the platform can tell: what a condition on keys means, and what a missing object is."""

import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from cli.connection import role_clients
from infra.stack import Stack
from kassa.platform import clock, keys, table
from kassa.platform.keys import Key

EXPIRES_S = 3600  # what can't be taken away goes by itself
DENIED = {"AccessDeniedException", "AccessDenied", "403"}


class Verdict(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "can't tell here"


class Outcome(NamedTuple):
    """A check, what it saw, and what to change where that isn't as it must be."""

    name: str
    verdict: Verdict
    seen: str
    what_to_do: str = ""


TOO_TIGHT = (
    "transactions of functions would be refused: take the condition dynamodb:LeadingKeys off the"
    " statements of template.yaml that allow what their transactions do, and open an issue"
)
UNENFORCED = "a plain write of a key of others is allowed: conditions on keys aren't enforced"
REWRITTEN = (
    "the table's policy doesn't keep the audit trail from being rewritten: look at ResourcePolicy"
    " of PaymentsTable in template.yaml, and at the policy of a restored table"
)
TOO_LOOSE = (
    "the condition doesn't bind transactions, so a function could write keys of others in one: in"
    " template.yaml give functions whose statements have dynamodb:LeadingKeys no right to write the"
    " table by transactions, or keep what they write in a table of its own, and open an issue"
)
NO_LIST = (
    "a function can't tell a missing object from a refused one: give its role s3:ListBucket on"
    " KassaBucket, without a condition"
)


def look_at_rights(stack: Stack) -> list[Outcome]:
    """Try the conditions of the template, in the role that has them in the functions' form."""
    clients = role_clients(stack, "SmokeRoleArn", ("dynamodb", "s3"))
    tried = _Keys(stack, clients["dynamodb"])
    try:
        is_enforced = not tried.may(lambda: tried.write(tried.other()))
        return [
            *_transactions(tried, is_enforced),
            _audit_trail(stack, is_enforced),
            _missing_object(stack, clients["s3"]),
        ]
    finally:
        tried.clean_up()


def _transactions(tried: "_Keys", is_enforced: bool) -> list[Outcome]:
    """One transaction on allowed keys; then one with a key of others, second and first in it."""
    own, other = tried.own, tried.other
    allowed = tried.may(lambda: tried.write_together([own(), own()]))
    verdict = Verdict.PASSED if allowed else Verdict.FAILED
    first = Outcome(
        "a transaction on its own keys",
        verdict,
        "allowed" if allowed else "refused",
        "" if allowed else TOO_TIGHT,
    )
    name = "a transaction with a key of others"
    if not is_enforced:
        return [first, Outcome(name, Verdict.UNKNOWN, UNENFORCED)]
    loose = [
        place
        for place, mixed in (("second", [own(), other()]), ("first", [other(), own()]))
        if tried.may(lambda mixed=mixed: tried.write_together(mixed))  # type: ignore[misc]
    ]
    if loose:
        seen = f"allowed, where that key stands {' and '.join(loose)}"
        return [first, Outcome(name, Verdict.FAILED, seen, TOO_LOOSE)]
    return [first, Outcome(name, Verdict.PASSED, "refused, wherever that key stands")]


def _audit_trail(stack: Stack, is_enforced: bool) -> Outcome:
    """Try to change an item of the audit trail that isn't there, with the operator's own rights."""
    name = "rewriting the audit trail"
    try:
        stack.client("dynamodb").update_item(
            TableName=stack.table,
            Key=table.key(keys.audit_item("1970-01-01", 0)),
            UpdateExpression="SET smoke = :smoke",
            ConditionExpression="attribute_exists(PK)",
            ExpressionAttributeValues=table.typed({":smoke": True}),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in DENIED:
            return Outcome(name, Verdict.PASSED, "refused, also to you")
        if not table.is_refused(error):  # the condition: the right was there
            raise
    if not is_enforced:
        return Outcome(name, Verdict.UNKNOWN, UNENFORCED)
    return Outcome(name, Verdict.FAILED, "allowed", REWRITTEN)


def _missing_object(stack: Stack, s3: Any) -> Outcome:
    name = "an object that isn't there"
    try:
        s3.get_object(Bucket=stack.bucket, Key=f"smoke/{uuid.uuid4()}")
    except s3.exceptions.NoSuchKey:
        return Outcome(name, Verdict.PASSED, "missing (404), as the functions read it")
    except ClientError as error:
        return Outcome(name, Verdict.FAILED, error.response["Error"]["Code"], NO_LIST)
    return Outcome(name, Verdict.UNKNOWN, "it was there")


class _Keys:
    """Writes items as the smoke role, and takes them away again as the operator."""

    def __init__(self, stack: Stack, dynamodb: Any) -> None:
        self._stack, self._dynamodb = stack, dynamodb
        self._used: list[Key] = []

    def own(self) -> Key:
        """Return a new key that the role may write."""
        return self._remembered(keys.smoke(str(uuid.uuid4())))

    def other(self) -> Key:
        """Return a new key that it may not write, and that nothing would ever read."""
        return self._remembered(keys.cursor("smoke", "smoke", str(uuid.uuid4())))

    def may(self, write: Callable[[], object]) -> bool:
        """Tell whether the role may do something; anything but a refusal of rights is raised."""
        try:
            write()
        except ClientError as error:
            if error.response["Error"]["Code"] in DENIED or _is_denied(error):
                return False
            raise
        return True

    def write(self, key: Key) -> None:
        """Put one item."""
        self._dynamodb.put_item(**self._put(key))

    def write_together(self, written: list[Key]) -> None:
        """Put items in one transaction."""
        puts = [{"Put": self._put(key)} for key in written]
        self._dynamodb.transact_write_items(TransactItems=puts)

    def clean_up(self) -> None:
        """Take away what was written."""
        operator = self._stack.client("dynamodb")
        for key in self._used:
            operator.delete_item(TableName=self._stack.table, Key=table.key(key))

    def _remembered(self, key: Key) -> Key:
        self._used.append(key)
        return key

    def _put(self, key: Key) -> dict[str, Any]:
        expires_at = int(clock.now().timestamp()) + EXPIRES_S
        item = table.typed(key._asdict() | {"expires_at": expires_at})
        return {"TableName": self._stack.table, "Item": item}


def _is_denied(error: ClientError) -> bool:
    return "AccessDenied" in table.reasons(error)
