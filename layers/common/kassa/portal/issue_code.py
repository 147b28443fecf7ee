"""Issue a sign-in code: the same is done and answered whatever address is asked for.

Nobody looks here whether a customer has the address: that is found out when the code is mailed, by
another function, after the answer.
"""

from secrets import token_hex
from typing import NamedTuple

from kassa.customers import sign_in_store
from kassa.customers.addresses import address_digest
from kassa.customers.sign_in_code import (
    ID_DIGITS,
    LOCATOR_DIGITS,
    SECRET_NAME,
    SignInCode,
    locator,
    requested_fact,
)
from kassa.deliveries import queues
from kassa.deliveries.delivery import Channel
from kassa.platform import clock
from kassa.platform.drawn_secrets import drawn_secret
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger
from kassa.portal import limits_store
from kassa.portal.limits_store import Limit

_DRAWN_BYTES = (ID_DIGITS - LOCATOR_DIGITS) // 2


class CodeRequest(NamedTuple):
    """An address that somebody wants to sign in with, and from where they ask."""

    email: str
    language: str | None
    source_ip: str


def issue_code(asked: CodeRequest) -> SignInCode | None:
    """Return a new code, which its mail follows from; None where this source asked too often.

    Of an address that was asked for too often, the code that is answered lets nobody in, and the
    last one that was mailed stays good. Raises QueueUnavailable and SecretsUnavailable.
    """
    now, merchant_id = clock.now(), settings().merchant_id
    secret = drawn_secret(SECRET_NAME)
    source = limits_store.source(secret, asked.source_ip)
    if not limits_store.take(merchant_id, Limit.CODES_OF_SOURCE, source, now):
        logger.warning("sign-in codes asked for too often from one source")
        return None
    found_by = locator(secret, merchant_id, asked.email)
    code = SignInCode(
        code_id=f"{found_by}{token_hex(_DRAWN_BYTES)}",
        address_digest=address_digest(merchant_id, asked.email),
        language=asked.language,
        issued_at=now,
    )
    if not limits_store.take(merchant_id, Limit.CODES_OF_ADDRESS, found_by, now):
        logger.warning("sign-in codes asked for too often of one address")
        return code
    sign_in_store.keep(merchant_id, code)
    queues.hand_on(Channel.MAIL, requested_fact(code, merchant_id, settings().merchant_currency))
    logger.info("sign-in code requested")
    return code
