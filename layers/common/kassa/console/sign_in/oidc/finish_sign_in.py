"""Finish a sign-in: redeem the code, check the issuer's word, find whose it is, begin a session.

Who somebody is, the issuer says; what they may do, our own persons say, never a token.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.console.sign_in.oidc.admit_person import admit_person
from kassa.console.sign_in.oidc.attempt import SignInAttempt, nonce, verifier
from kassa.console.sign_in.oidc.begin_sign_in import returns_to
from kassa.console.sign_in.oidc.id_token import (
    UNKNOWN_KEY,
    UNSIGNED,
    Expected,
    Vouched,
    key_for,
    vouched,
)
from kassa.console.sign_in.oidc.issuer import Issuer
from kassa.console.sign_in.oidc.read_issuer import read_issuer, read_keys
from kassa.console.sign_in.oidc.redeem_code import redeem_code
from kassa.console.sign_in.oidc.refusals import SignInRefused
from kassa.console.sign_in.session import FRESH_FOR
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger


class Returned(NamedTuple):
    """What a browser came back with from the issuer, and what it had kept itself."""

    state: str
    secret: str
    code: str
    issuer: str | None  # as the answer names it (RFC 9207)
    error: str | None
    source_ip: str


def finish_sign_in(attempt: SignInAttempt, returned: Returned) -> str:
    """Return the token of a new session; an attempt is used up before, whatever comes of it.

    Raises SignInRefused with its reason, and IssuerUnavailable or SecretsUnavailable where nobody
    could be asked.
    """
    issuer = read_issuer()
    _require_answer(issuer, returned)
    proof = verifier(returned.secret, returned.state)
    token = redeem_code(issuer, returned.code, proof, returns_to())
    found: Vouched | None = None
    try:
        found = _vouched(issuer, token, nonce(returned.secret, returned.state))
        _require_fresh(attempt, found)
        return admit_person(found, returned.source_ip)
    except SignInRefused as refused:
        _note_refused(refused, found, returned.source_ip)
        raise


def _require_answer(issuer: Issuer, returned: Returned) -> None:
    """Raise SignInRefused where the issuer let nobody in, or another issuer answered."""
    is_named = returned.issuer is not None or issuer.authorization_response_iss_parameter_supported
    if is_named and returned.issuer != issuer.issuer:
        raise SignInRefused("answer_issuer")
    if returned.error or not returned.code:
        raise SignInRefused("issuer_refused")


def _vouched(issuer: Issuer, token: str, nonce_sent: str) -> Vouched:
    """Return whom a token vouches for, by the keys that are kept, else by those of now.

    A key may have been added since, or have taken another's name.
    """
    expected = Expected(issuer.issuer, settings().sign_in_client_id, nonce_sent)
    try:
        return _vouched_by(read_keys(issuer), token, expected)
    except SignInRefused as refused:
        if refused.reason not in (UNKNOWN_KEY, UNSIGNED):
            raise
    return _vouched_by(read_keys(issuer, is_anew=True), token, expected)


def _vouched_by(keys: Iterable[Mapping[str, Any]], token: str, expected: Expected) -> Vouched:
    key = key_for(token, keys)
    if key is None:
        raise SignInRefused(UNKNOWN_KEY)
    return vouched(token, key, expected, clock.now())


def _require_fresh(attempt: SignInAttempt, found: Vouched) -> None:
    """Raise SignInRefused where a fresh proof was asked for, and the issuer names none."""
    at = found.authenticated_at
    if attempt.is_fresh and (at is None or clock.now() - at >= FRESH_FOR):
        raise SignInRefused("not_fresh")


def _note_refused(refused: SignInRefused, found: Vouched | None, source_ip: str) -> None:
    """Note whom an issuer sent and who wasn't let in.

    Only here, behind the issuer: before it anybody could fill the audit trail.
    """
    act = Act(
        operation="console.sign_in_refused",
        object_id="console",
        by=Actor(system="console"),
        reason=refused.reason,
        identity=found.identity if found else None,
        source_ip=source_ip,
    )
    audit_trail.append(act)
    logger.warning("sign-in refused", reason=refused.reason)
