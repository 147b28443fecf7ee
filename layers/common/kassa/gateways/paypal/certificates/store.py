"""Certificates that a gateway signs with: fetched once, kept in the table and where we run.

A certificate's name is anyone's to invent, before any signature holds. So the names that led
nowhere are remembered for a minute, and so many are looked for in a minute and no more.

Only bytes are kept here. Whether they are trusted is checked anew at each use, by the gateway's
own module, which also says where they may be fetched.
"""

from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import GatewayUnavailable, InvalidSignature, SecretsUnavailable
from kassa.platform import clock, keys
from kassa.platform.budgets import Budget
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings

PEM_CHARACTERS_MAX = 65_536
KEPT_MAX = 64  # in one execution environment; a gateway has a handful
UNKNOWN_FOR = timedelta(minutes=1)  # what isn't a certificate isn't requested sooner again
FINDS_MAX = 30  # in the table, a minute, of names that aren't kept here
FETCHES_MAX = 3  # at the gateway, a minute; a genuine certificate is fetched once and then kept
TIMEOUT_S = 4.0  # three tries fit into the intake's twenty seconds


class Certificates:
    """What was fetched, by its URL."""

    def __init__(self, table_name: str) -> None:
        self._table = table_name
        self._kept: dict[str, str] = {}
        self._stored: set[str] = set()  # of those, what stands in the table
        self._refused: dict[str, datetime] = {}
        self._finds, self._fetches = Budget(FINDS_MAX), Budget(FETCHES_MAX)

    def find(self, url: str) -> str | None:
        """Return a certificate (PEM) that was kept; nothing where the table can't be read.

        Raises InvalidSignature for a name that led nowhere just now, SecretsUnavailable where too
        many were looked for: a genuine one may be among them, so its gateway is to come again.
        """
        if url not in self._kept:
            self._require_within_budget(url)
            _spend(self._finds)
            item = self._item(url)
            if item is None:
                return None
            self._remember(url, str(item["pem"]["S"]))
            self._stored.add(url)
        return self._kept[url]

    def fetch(self, url: str) -> str:
        """Fetch a certificate from the gateway; redirects aren't followed.

        Raises InvalidSignature where there is none, SecretsUnavailable where nobody answers.
        """
        from kassa.gateways import http  # seldom needed: a certificate lasts a year

        _spend(self._fetches)
        try:
            answer = http.send(http.HttpRequest("GET", url, timeout_s=TIMEOUT_S))
        except GatewayUnavailable as error:
            raise SecretsUnavailable("the gateway's certificate can't be fetched") from error
        is_sound = len(answer.body) <= PEM_CHARACTERS_MAX and answer.body.isascii()
        if answer.status != 200 or not is_sound:
            self._refused[url] = clock.now()
            raise InvalidSignature("there is no such certificate")
        pem = answer.body.decode("ascii")
        self._remember(url, pem)  # also where this account doesn't trust it: another may
        return pem

    def _require_within_budget(self, url: str) -> None:
        now = clock.now()
        refused = self._refused.items()
        self._refused = {one: at for one, at in refused if timedelta(0) <= now - at < UNKNOWN_FOR}
        if url in self._refused:
            raise InvalidSignature("there is no such certificate; it was asked for just now")

    def keep(self, url: str, pem: str) -> None:
        """Keep a certificate that was found trustworthy; a table that refuses costs a fetch."""
        if url in self._stored:
            return
        self._stored.add(url)
        item = {**_key(url), "url": {"S": url}, "pem": {"S": pem}}
        try:
            lean_aws.client("dynamodb").put_item(TableName=self._table, Item=item)
        except (ClientError, BotoCoreError):
            return  # the signature was verified; the next environment fetches again

    def _item(self, url: str) -> dict[str, dict[str, str]] | None:
        try:
            answer = lean_aws.client("dynamodb").get_item(TableName=self._table, Key=_key(url))
        except (ClientError, BotoCoreError):
            return None
        item: dict[str, dict[str, str]] | None = answer.get("Item")
        return item

    def _remember(self, url: str, pem: str) -> None:
        if len(self._kept) >= KEPT_MAX:
            self._kept.clear()
            self._stored.clear()
        self._kept[url] = pem


def _spend(budget: Budget) -> None:
    now = clock.now()
    if not budget.has_room(now):
        raise SecretsUnavailable("too many unknown certificates were asked for in this minute")
    budget.spend(now)


def _key(url: str) -> dict[str, dict[str, str]]:
    """Name a certificate by its URL's digest."""
    key = keys.certificate(sha256(url.encode()).hexdigest()[:32])
    return {"PK": {"S": key.PK}, "SK": {"S": key.SK}}


@cache
def certificates() -> Certificates:
    """Return this execution environment's; tests call `certificates.cache_clear()`."""
    return Certificates(lean_settings().table_name)
