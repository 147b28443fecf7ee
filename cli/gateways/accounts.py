"""The gateway accounts of a stack: their secrets, read without showing them, and written whole."""

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cli.gateways.fields import FIELDS
from cli.stack import give_up
from infra.stack import Stack
from kassa.core import stored
from kassa.core.errors import UnknownGateway, UnreadableItem
from kassa.gateways import registry
from kassa.ledger.lists import cursors
from kassa.monitoring import heartbeat_store as heartbeats
from kassa.monitoring.watch_silence import accounts_named
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess

ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}")
LISTS = ("events", "balance_transactions")
EVENT_DAYS = 14  # of events that are looked through for the last one of an account
Secret = dict[str, Any]


class Connected(NamedTuple):
    """One account as an operator may see it."""

    gateway: str
    account: str
    is_watched: bool  # the parameter GatewayAccounts names it
    signing_secrets: int  # how many are live
    has_api_key: bool
    can: tuple[str, ...]
    last_spoke: str | None
    read_until: dict[str, str]
    webhook_url: str
    shop: str | None = None  # the account's own id at the gateway, where it was configured


def watched(stack: Stack) -> list[tuple[str, str]]:
    """Return the accounts that the stack's parameter GatewayAccounts names."""
    configuration = stack.client("lambda").get_function_configuration(
        FunctionName=stack.functions["WatchGatewaysFunction"]
    )
    known = configuration.get("Environment", {}).get("Variables", {})
    return accounts_named(known.get("GATEWAY_ACCOUNTS", ""))


def merchant_id(stack: Stack) -> str:
    """Return whose stack it is, as its functions know it."""
    configuration = stack.client("lambda").get_function_configuration(
        FunctionName=stack.functions["WatchGatewaysFunction"]
    )
    return str(configuration.get("Environment", {}).get("Variables", {}).get("MERCHANT_ID", "main"))


def connected(stack: Stack) -> list[Connected]:
    """Return every account that has a secret or is watched, in a fixed order."""
    named, found = watched(stack), every(stack)
    today = clock.now().date()
    spoke = heartbeats.last_spoke(found, (today - timedelta(days=n) for n in range(EVENT_DAYS)))
    return [_shown(stack, one, one in named, spoke.get(one)) for one in found]


def every(stack: Stack) -> list[tuple[str, str]]:
    """Return every account that has a secret or is watched, in a fixed order."""
    found = {(gateway, account) for _, gateway, account in secrets(stack)}
    return sorted(found.union(watched(stack)), key=_place)


def _place(account: tuple[str, str]) -> tuple[int, str]:
    names = list(FIELDS)
    gateway = account[0]
    return (names.index(gateway) if gateway in names else len(names), "/".join(account))


def secrets(stack: Stack) -> Iterable[tuple[str, str, str]]:
    """Return which secrets there are: `webhooks` or `api`, gateway and account."""
    parts = [f"{stack.name}/{part}/" for part in ("webhooks", "api")]
    pages = stack.client("secretsmanager").get_paginator("list_secrets")
    for page in pages.paginate(Filters=[{"Key": "name", "Values": parts}]):
        names = [
            one["Name"].removeprefix(f"{stack.name}/").split("/") for one in page["SecretList"]
        ]
        yield from ((name[0], name[1], name[2]) for name in names if len(name) == 3)


def _shown(
    stack: Stack, account: tuple[str, str], is_watched: bool, spoke: datetime | None
) -> Connected:
    beat = None if spoke else heartbeats.read(*account)  # which remembers longer than the days do
    spoke = beat.received_until if beat else spoke
    read = {name: cursors.read(*account, name) for name in LISTS}
    webhooks = secret(stack, "webhooks", *account)
    try:
        can = tuple(sorted(ability.value for ability in registry.gateway(account[0]).can))
    except UnknownGateway:
        can = ()
    return Connected(
        *account,
        is_watched=is_watched,
        signing_secrets=len(webhooks.get("signing_secrets") or []),
        has_api_key=bool(secret(stack, "api", *account).get("api_key")),
        can=can,
        last_spoke=spoke.isoformat() if spoke else None,
        read_until={name: until for name, until in read.items() if until},
        webhook_url=stack.webhook_url(*account),
        shop=webhooks.get("shop"),
    )


def secret(stack: Stack, part: str, gateway: str, account: str) -> Secret:
    """Return what a secret holds; nothing where there is none, or where it can't be read."""
    client = stack.client("secretsmanager")
    try:
        kept = client.get_secret_value(SecretId=f"{stack.name}/{part}/{gateway}/{account}")
        held = json.loads(kept["SecretString"])
    except (client.exceptions.ResourceNotFoundException, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def put(stack: Stack, part: str, account: tuple[str, str], held: Secret) -> None:
    """Write a secret's newest version, or make it."""
    client = stack.client("secretsmanager")
    name, text = f"{stack.name}/{part}/{'/'.join(account)}", json.dumps(held)
    try:
        client.put_secret_value(SecretId=name, SecretString=text)
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=text)


def checked_api(held: Secret) -> Secret:
    """Return what opens an API, once the functions can read it; never say what it holds."""
    try:
        stored.read(ApiAccess, held)
    except UnreadableItem:
        give_up("the API's secret would hold something that Kassa can't read")
    return held
