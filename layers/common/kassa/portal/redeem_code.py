"""Redeem a sign-in code: once, by its id and its digits, for a session of whom its address reaches.

Each try is counted before it is looked at, and the code is redeemed in the transaction that begins
the session. Whatever is wrong with a code is answered alike.
"""

from enum import StrEnum
from typing import NamedTuple

from botocore.exceptions import ClientError

from kassa.core.errors import StaleWrite
from kassa.customers import sign_in_store
from kassa.customers.sign_in_code import SECRET_NAME, SignInCode, digits_of, entered, is_right
from kassa.customers.store import Customers
from kassa.http_api.session_store import new_token
from kassa.platform import aws, clock, table
from kassa.platform.drawn_secrets import drawn_secret
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger
from kassa.portal import limits_store
from kassa.portal.limits_store import Limit
from kassa.portal.session import Holder, Session, begun
from kassa.portal.session_store import SESSIONS


class CodeTry(NamedTuple):
    """A code that somebody entered, and from where."""

    code_id: str
    digits: str
    source_ip: str


class No(StrEnum):
    """Why nobody is let in."""

    INVALID = "invalid"
    TOO_OFTEN = "too_often"


class SignedIn(NamedTuple):
    """A session that began, and the token that shows it, which nobody is told again."""

    token: str
    session: Session


def redeem_code(tried: CodeTry) -> SignedIn | No:
    """Return a new session, or why there is none. Raises StaleWrite, and SecretsUnavailable."""
    now, merchant_id = clock.now(), settings().merchant_id
    secret = drawn_secret(SECRET_NAME)
    source = limits_store.source(secret, tried.source_ip)
    if not limits_store.take(merchant_id, Limit.TRIES_OF_SOURCE, source, now):
        logger.warning("sign-in codes tried too often from one source")
        return No.TOO_OFTEN
    code = sign_in_store.take_try(merchant_id, tried.code_id)
    if code is None or not _fits(tried, code, digits_of(secret, merchant_id, code)):
        logger.warning("sign-in code refused")
        return No.INVALID
    reached = Customers(merchant_id).reached_at(code.address_digest)
    if not reached:
        logger.warning("sign-in code refused", reason="no customer has its address")
        return No.INVALID
    holders = tuple(Holder(customer_id=one.customer_id, erasures=one.erasures) for one in reached)
    session = begun(code.address_digest, holders, now)
    signed_in = SignedIn(new_token(), session)
    if not _begin(merchant_id, code, signed_in):
        logger.warning("sign-in code refused", reason="redeemed or replaced just now")
        return No.INVALID
    logger.info("customer signed in", customer_ids=[one.customer_id for one in holders])
    return signed_in


def _fits(tried: CodeTry, code: SignInCode, digits: str) -> bool:
    """Tell whether the digits are the code's, and it isn't too old."""
    return is_right(entered(tried.digits), digits) & code.is_open(tried.code_id, clock.now())


def _begin(merchant_id: str, code: SignInCode, new: SignedIn) -> bool:
    """Redeem a code and begin its session, both or neither; tell whether that was done."""
    writes = [
        sign_in_store.redeeming(merchant_id, code.code_id, new.session.begun_at),
        SESSIONS.beginning(merchant_id, new.token, new.session),
    ]
    try:
        aws.client("dynamodb").transact_write_items(TransactItems=writes)
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
        if "ConditionalCheckFailed" in table.reasons(error):
            return False
        raise StaleWrite("another write of this code is under way") from error
    return True
