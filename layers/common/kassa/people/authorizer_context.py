"""What the authorizer tells the API's functions of a caller: plain values beside a request."""

from collections.abc import Mapping
from typing import Any

from kassa.core.callers import Caller, Scope


def context_of(caller: Caller) -> dict[str, Any]:
    """Return a caller as the API passes it on; a machine's key has no person_id."""
    person = {"person_id": caller.person_id} if caller.person_id else {}
    scopes = " ".join(sorted(caller.scopes))
    return {"key_id": caller.key_id, **person, "scopes": scopes, "is_sole": caller.is_sole}


def caller_of(context: Mapping[str, Any]) -> Caller:
    """Return the caller that the authorizer proved.

    A scope of another release is left out: while one is deployed, two releases meet.
    """
    scopes = str(context.get("scopes") or "").split()
    return Caller(
        key_id=str(context["key_id"]),
        person_id=context.get("person_id") or None,
        scopes=frozenset(Scope(scope) for scope in scopes if scope in set(Scope)),
        is_sole=str(context.get("is_sole", "")).lower() == "true",
    )
