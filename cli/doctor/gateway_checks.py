"""What `kassa doctor` looks at in each gateway account: its secrets, and if its API answers.

No secret is ever shown: a finding names the field and says what is wrong with it.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cli.doctor.findings import Finding
from cli.gateways import accounts as gateway_accounts
from cli.gateways.fields import FIELDS, Field
from infra.stack import Stack
from kassa.core.errors import GatewayRefused, KassaError
from kassa.gateways import dispatch as calls
from kassa.gateways import registry
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.registry import Ability
from kassa.platform.secrets import ApiAccess

Account = tuple[str, str]
Secret = dict[str, object]
NOBODYS = {"stripe": "pi_kassa_doctor"}  # a payment that no account has, as its gateway names them
NOBODYS_ELSEWHERE = "00000000-0000-0000-0000-000000000000"
AT_ONCE = 8


def look_at_accounts(stack: Stack, calls_gateways: bool) -> list[Finding]:
    """Check every account that is watched or has a secret; with `calls_gateways` its API too."""
    ours = gateway_accounts.merchant_id(stack)
    findings, sound = list[Finding](), list[Account]()
    for account in gateway_accounts.every(stack):
        of_account = [*_webhooks(stack, account, ours), *_api(stack, account, ours)]
        findings += of_account
        if calls_gateways and all(one.is_ok for one in of_account):
            sound.append(account)
    askable = [one for one in sound if registry.can(one[0], Ability.LOOK_UP)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        findings += pool.map(_api_finding, askable)
    return findings


def why_unreachable(gateway: str, account: str) -> str | None:
    """Ask a gateway for a payment that nobody has; say why that failed, nothing if it answered."""
    subject = Subject(
        gateway=gateway,
        account=account,
        kind=SubjectKind.PAYMENT,
        subject_id=NOBODYS.get(gateway, NOBODYS_ELSEWHERE),
    )
    try:
        calls.look_up(subject)
    except GatewayRefused as refused:
        return f"refuses the key: {refused}"
    except KassaError as error:
        return f"doesn't answer: {error}"
    return None


def _api_finding(account: Account) -> Finding:
    name = f"API {'/'.join(account)}"
    why = why_unreachable(*account)
    if why is None:
        return Finding(name, True, "answers, and takes the key")
    advice = f"see that the key is right and may read: docs/gateways/{account[0]}.md"
    return Finding(name, False, why, advice)


def _webhooks(stack: Stack, account: Account, ours: str) -> Iterator[Finding]:
    subject = f"secret webhooks/{'/'.join(account)}"
    if account[0] not in FIELDS:
        yield Finding(subject, False, "no gateway is called so", _known())
        return
    held, why = _held(stack, "webhooks", account)
    field = FIELDS[account[0]].signing
    signing = held.get("signing_secrets")
    listed = [str(one) for one in signing] if isinstance(signing, list) else []
    problems = [problem for problem in map(field.unusable, listed) if problem]
    wrong = [f"signing_secrets can't work: {problem}" for problem in problems]
    if not (why or listed):
        why = "signing_secrets is empty"
    seen = why or _of_another(held, ours) or (wrong[0] if wrong else "")
    count = "one signing secret is" if len(listed) == 1 else f"{len(listed)} signing secrets are"
    yield Finding(subject, not seen, seen or f"{count} live", _advice(account, seen, ours))


def _api(stack: Stack, account: Account, ours: str) -> Iterator[Finding]:
    """Look at what opens the API; nothing at a gateway that has none."""
    fields = FIELDS[account[0]].api if account[0] in FIELDS else ()
    if not fields:
        return
    subject = f"secret api/{'/'.join(account)}"
    held, why = _held(stack, "api", account)
    wrong = [problem for problem in (_off(field, held) for field in fields) if problem]
    seen = why or (wrong[0] if wrong else "") or _of_another(held, ours) or _unread(held, ours)
    yield Finding(subject, not seen, seen or "has what it needs", _advice(account, seen, ours))


def _held(stack: Stack, part: str, account: Account) -> tuple[Secret, str]:
    """Return what a secret holds, and what keeps it from being read, if anything does."""
    client = stack.client("secretsmanager")
    try:
        kept = client.get_secret_value(SecretId="/".join([stack.name, part, *account]))
        held = json.loads(kept["SecretString"])
    except client.exceptions.ResourceNotFoundException:
        return {}, "it is empty, or there is none"
    except client.exceptions.InvalidRequestException:
        return {}, "it is marked to be deleted"
    except (ValueError, KeyError):
        return {}, "it holds no JSON"
    return (held, "") if isinstance(held, dict) else ({}, "it holds no JSON object")


def _off(field: Field, held: Secret) -> str:
    """Say what is wrong with a field of a secret, never what it holds."""
    value = held.get(field.name)
    if value in (None, ""):
        return "" if field.is_optional else f"{field.name} is empty"
    if not isinstance(value, str):
        return f"{field.name} isn't a text"
    why = field.unusable(value)
    return f"{field.name} can't work: {why}" if why else ""


def _of_another(held: Secret, ours: str) -> str:
    named = held.get("merchant_id", ours)
    return "" if named == ours else f"is merchant {named}'s"


def _unread(held: Secret, ours: str) -> str:
    """Say which field the functions can't read; the rest of a validation's text may quote it."""
    try:
        ApiAccess.model_validate({"merchant_id": ours} | held)
    except ValueError as error:
        wrong: list[dict[str, Any]] = getattr(error, "errors", list)()
        return f"{wrong[0]['loc'][0] if wrong else 'it'} can't be read"
    return ""


def _advice(account: Account, seen: str, ours: str) -> str:
    gateway, name = account
    again = f"'kassa gateways connect {gateway} --account {name}'"
    if seen.startswith("is merchant"):
        return f"the stack's MerchantId is {ours}: connect it anew, {again}"
    return f"put it down anew: {again}"


def _known() -> str:
    return f"take it out of GatewayAccounts; there are {', '.join(FIELDS)}"
