"""API keys of the gateways, from Secrets Manager, kept for at most five minutes."""

import json
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core import stored
from kassa.core.errors import SecretsUnavailable, UnknownGateway, UnreadableItem
from kassa.core.model import Instant, Model
from kassa.platform import aws, clock
from kassa.platform.lean.settings import is_other_merchant
from kassa.platform.settings import settings
from kassa.platform.telemetry import reason_of

KEPT_FOR = timedelta(minutes=5)


class ApiAccess(Model):
    """How to call a gateway as the merchant."""

    api_key: str
    api_id: str | None = None  # what goes with the key: PayPal's client id, Klarna's username
    api_base: str | None = None  # none for the gateway's own address
    shop: str | None = None  # Adyen's merchant account, BTCPay's store, PayPal's merchant id
    webhook_url: str | None = None  # ours, where a gateway takes it with each page
    callback_secret: str | None = None  # Klarna: what our URLs for unsigned callbacks are signed by
    report_key: str | None = None  # Adyen: its report user has a key of its own
    captures_later: bool = (
        False  # Adyen: captures are reported on their own, as in the webhook secret
    )
    first_batch: int = 1  # Adyen: the first settlement report that is still served
    merchant_id: str
    mode: str = "live"  # live or test
    opened_at: Instant | None = None  # what was captured before this is an opening balance


_kept: dict[tuple[str, str], tuple[datetime, ApiAccess]] = {}


def api_access(gateway: str, account: str) -> ApiAccess:
    """Return the access of a gateway account; raise UnknownGateway if there is none.

    Raises SecretsUnavailable for one that can't be read, was made for another merchant, or
    leads elsewhere than to this machine in training.
    """
    kept = _kept.get((gateway, account))
    if kept and clock.now() - kept[0] < KEPT_FOR:
        return kept[1]
    name = f"{settings().secrets_prefix}/api/{gateway}/{account}"
    access = _read(name, f"{gateway}/{account}")
    if is_other_merchant(access.merchant_id):
        raise SecretsUnavailable(f"{name} names another merchant than the stack's MerchantId")
    if not settings().may_call(access.api_base):
        raise SecretsUnavailable(f"{name}: in training gateways of this machine alone are called")
    _kept[gateway, account] = clock.now(), access
    return access


def quotes_secret(access: ApiAccess, text: str) -> bool:
    """Tell whether a text holds a secret of an access, in whatever case."""
    secrets = filter(None, (access.api_key, access.callback_secret, access.report_key))
    return any(secret.lower() in text.lower() for secret in secrets)


def _read(name: str, account: str) -> ApiAccess:
    """Read a secret; what is off in it is named by its fields, and never quoted."""
    try:
        answer = aws.client("secretsmanager").get_secret_value(SecretId=name)
        if not answer["SecretString"]:  # the template's own has no value until somebody puts one
            raise UnknownGateway(account)
        fields = json.loads(answer["SecretString"])
        return stored.read(ApiAccess, {"merchant_id": settings().merchant_id} | fields)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            raise UnknownGateway(account) from error
        raise SecretsUnavailable(f"{name}: {code}") from error
    except BotoCoreError as error:
        raise SecretsUnavailable(f"{name}: {type(error).__name__}") from error
    except (UnreadableItem, ValueError, KeyError, TypeError, RecursionError) as error:
        # From None: what can't be read is a secret, and must not end in a stack trace.
        why = reason_of(error)
        raise SecretsUnavailable(f"{name} doesn't hold what it should ({why})") from None


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()
