"""Certificates that a gateway signs with: fetched once, kept in the table and where we run.

Only bytes are kept here. Whether they are to be trusted is asked anew at each use, by the gateway's
own module, which also says where they may be fetched.
"""

from functools import cache
from hashlib import sha256

from botocore.exceptions import BotoCoreError, ClientError

from kassa.adapters import keys, lean_aws
from kassa.errors import GatewayUnavailable, InvalidSignature, SecretsUnavailable
from kassa.lean_settings import lean_settings

PEM_CHARACTERS_MAX = 65_536
KEPT_MAX = 64  # in one execution environment; a gateway has a handful
TIMEOUT_S = 4.0  # three tries fit into the intake's twenty seconds


class Certificates:
    """What was fetched, by its URL."""

    def __init__(self, table_name: str) -> None:
        self._table = table_name
        self._kept: dict[str, str] = {}

    def find(self, url: str) -> str | None:
        """Return a certificate (PEM) that was kept; nothing where the table can't be asked."""
        if url not in self._kept:
            item = self._item(url)
            if item is None:
                return None
            self._remember(url, str(item["pem"]["S"]))
        return self._kept[url]

    def fetch(self, url: str) -> str:
        """Ask the gateway for a certificate; redirects aren't followed.

        Raises InvalidSignature where there is none, SecretsUnavailable where nobody answers.
        """
        from kassa.adapters.gateways import http  # seldom needed: a certificate lasts a year

        try:
            answer = http.ask(http.HttpRequest("GET", url, timeout_s=TIMEOUT_S))
        except GatewayUnavailable as error:
            raise SecretsUnavailable("the gateway's certificate can't be fetched") from error
        if answer.status != 200 or len(answer.body) > PEM_CHARACTERS_MAX:
            raise InvalidSignature("there is no such certificate")
        try:
            return answer.body.decode("ascii")
        except UnicodeDecodeError as error:
            raise InvalidSignature("the certificate can't be read") from error

    def keep(self, url: str, pem: str) -> None:
        """Keep a certificate that was found trustworthy; a table that refuses costs a fetch."""
        self._remember(url, pem)
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
        self._kept[url] = pem


def _key(url: str) -> dict[str, dict[str, str]]:
    """Name a certificate by its URL's digest."""
    key = keys.certificate(sha256(url.encode()).hexdigest()[:32])
    return {"PK": {"S": key.PK}, "SK": {"S": key.SK}}


@cache
def certificates() -> Certificates:
    """Return this execution environment's; tests call `certificates.cache_clear()`."""
    return Certificates(lean_settings().table_name)
