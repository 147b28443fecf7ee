"""API keys of the gateways, from Secrets Manager, kept for at most five minutes."""

import json
from datetime import datetime, timedelta

from kassa.adapters import aws, clock
from kassa.domain.model import Instant, Model
from kassa.errors import SecretsUnavailable, UnknownGateway
from kassa.lean_settings import is_other_merchant
from kassa.settings import settings

KEPT_FOR = timedelta(minutes=5)


class ApiAccess(Model):
    """How to call a gateway as the merchant."""

    api_key: str
    api_id: str | None = None  # what goes with the key: PayPal's client id, Klarna's username
    api_base: str | None = None  # none for the gateway's own address
    shop: str | None = None  # Adyen's merchant account, BTCPay's store, PayPal's merchant id
    webhook_url: str | None = None  # ours, where a gateway must be told it for each page
    callback_secret: str | None = None  # Klarna: what our URLs for unsigned callbacks are signed by
    report_key: str | None = None  # Adyen: its report user has a key of its own
    captures_later: bool = False  # Adyen: captures are told on their own, as in the webhook secret
    first_batch: int = 1  # Adyen: the first settlement report that is still served
    merchant_id: str
    mode: str = "live"  # live or test
    opened_at: Instant | None = None  # what was captured before this is an opening balance


_kept: dict[tuple[str, str], tuple[datetime, ApiAccess]] = {}


def api_access(gateway: str, account: str) -> ApiAccess:
    """Return the access of a gateway account; raise UnknownGateway if there is none.

    Raises SecretsUnavailable for one that was made for another merchant.
    """
    kept = _kept.get((gateway, account))
    if kept and clock.now() - kept[0] < KEPT_FOR:
        return kept[1]
    client = aws.client("secretsmanager")
    name = f"{settings().secrets_prefix}/api/{gateway}/{account}"
    try:
        answer = client.get_secret_value(SecretId=name)
    except client.exceptions.ResourceNotFoundException as error:
        raise UnknownGateway(f"{gateway}/{account}") from error
    told = {"merchant_id": settings().merchant_id} | json.loads(answer["SecretString"])
    access = ApiAccess.model_validate(told)
    if is_other_merchant(access.merchant_id):
        raise SecretsUnavailable(f"{name} names another merchant than the stack's MerchantId")
    _kept[gateway, account] = clock.now(), access
    return access


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()
