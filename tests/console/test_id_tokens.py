"""An issuer's token lets in only whom it means, now, by its keys; and an issuer may be down."""

from datetime import timedelta
from typing import Any

import jwt
import pytest

from kassa.audit import store as audit_trail
from kassa.platform.settings import settings
from tests.support.aws_stack import NOW, FakeClock
from tests.support.console_pages import Page
from tests.support.issuer import CLIENT_ID, FakeIssuer, by_hand, ec_key, public_pem, rsa_key
from tests.support.issuer_pages import anna, begun, browser, signed_in
from tests.support.issuer_pages import issuer as issuer

AT = int(NOW.timestamp())


def refused(issuer: FakeIssuer, **claims: Any) -> str:
    """Return why nobody was let in; something else is a fault of the test."""
    mine = browser()
    page = signed_in(mine, issuer, **claims)
    assert page.status == 403, page.text
    assert mine.session == ""
    return reason(page)


def reason(page: Page) -> str:
    return page.text.rpartition("Sign in again")[0].split()[-1]


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://evil.example"}, "token_issuer"),
        ({"iss": "https://login.shop.example/realms/staff/"}, "token_issuer"),
        ({"aud": "another-app"}, "token_audience"),
        ({"aud": []}, "token_audience"),
        ({"aud": [CLIENT_ID, "another-app"]}, "token_audience"),
        ({"aud": [CLIENT_ID, "another-app"], "azp": "another-app"}, "token_audience"),
        ({"azp": "another-app"}, "token_audience"),
        ({"nonce": "of-another-sign-in"}, "token_nonce"),
        ({"exp": AT - 61}, "token_expired"),
        ({"iat": AT - 3600}, "token_expired"),
        ({"iat": AT + 120}, "token_early"),
        ({"nbf": AT + 120}, "token_early"),
        ({"auth_time": AT + 120}, "token_early"),
        ({"exp": "never"}, "token_claims"),
        ({"sub": ""}, "token_claims"),
        ({"sub": "x" * 300}, "token_claims"),
        ({"token_use": "access"}, "token_claims"),
    ],
)
def test_a_token_of_something_else_lets_nobody_in(
    issuer: FakeIssuer, claims: dict[str, Any], why: str
) -> None:
    anna()
    issuer.claims = claims

    assert refused(issuer) == why


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp", "iat", "nonce"])
def test_a_token_that_leaves_something_out_lets_nobody_in(issuer: FakeIssuer, missing: str) -> None:
    anna()
    issuer.left_out = (missing,)

    assert refused(issuer) == "token_claims"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [CLIENT_ID]},
        {"aud": [CLIENT_ID, "another-app"], "azp": CLIENT_ID},
        {"exp": AT - 30},
        {"iat": AT + 30},
        {"token_use": "id", "cognito:username": "6f1b", "at_hash": "x"},
    ],
)
def test_a_token_may_be_written_in_several_ways(issuer: FakeIssuer, claims: dict[str, Any]) -> None:
    anna()
    issuer.claims = claims

    assert signed_in(browser(), issuer).status == 303


def unsigned(claims: dict[str, Any]) -> str:
    return by_hand({"alg": "none", "kid": "first"}, claims)


def signed_by_the_public_key(claims: dict[str, Any]) -> str:
    """Take what everybody may know for a secret, as careless readers do (CVE-2015-9235)."""
    import hmac
    from hashlib import sha256

    header = {"alg": "HS256", "kid": "first"}
    unsigned = by_hand(header, claims).rpartition(".")[0]
    signature = hmac.new(public_pem(rsa_key()), unsigned.encode(), sha256).digest()
    return by_hand(header, claims, signature)


def signed_by_another(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, rsa_key(2), "RS256", headers={"kid": "first"})


def with_its_own_key(claims: dict[str, Any]) -> str:
    kind: Any = jwt.get_algorithm_by_name("RS256")
    key = kind.to_jwk(rsa_key(2).public_key(), as_dict=True)
    return jwt.encode(claims, rsa_key(2), "RS256", headers={"kid": "first", "jwk": key})


def in_another_size(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, rsa_key(), "RS512", headers={"kid": "first"})


def by_a_curve_that_has_the_name(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, ec_key(), "ES256", headers={"kid": "first"})


def cut_off(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, rsa_key(), "RS256", headers={"kid": "first"})[:-10]


def changed(claims: dict[str, Any]) -> str:
    whole = jwt.encode(claims, rsa_key(), "RS256", headers={"kid": "first"})
    other = by_hand({}, claims | {"sub": "sub-mallory"}).split(".")[1]
    head, _, signature = whole.split(".")
    return f"{head}.{other}.{signature}"


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (unsigned, "token_unsigned"),
        (signed_by_the_public_key, "token_unsigned"),
        (signed_by_another, "token_unsigned"),
        (with_its_own_key, "token_unsigned"),
        (in_another_size, "token_unsigned"),
        (by_a_curve_that_has_the_name, "token_key"),
        (cut_off, "token_unsigned"),
        (changed, "token_unsigned"),
        (lambda _: "nonsense", "token_unreadable"),
        (lambda _: "a.b.c", "token_unreadable"),
    ],
)
def test_what_no_key_of_the_issuers_signed_lets_nobody_in(
    issuer: FakeIssuer, token: Any, why: str
) -> None:
    anna()
    issuer.token = token

    assert refused(issuer) == why


def test_a_key_that_was_added_since_is_found(issuer: FakeIssuer) -> None:
    anna()
    signed_in(browser(), issuer)
    issuer.keys = {"second": (rsa_key(2), "RS256")}
    issuer.signing, issuer.kid = rsa_key(2), "second"

    assert signed_in(browser(), issuer).status == 303
    assert signed_in(browser(), issuer).status == 303
    assert issuer.asked.count("/keys") == 2


def test_a_key_that_took_anothers_name_is_found(issuer: FakeIssuer) -> None:
    anna()
    signed_in(browser(), issuer)
    issuer.keys = {issuer.kid: (rsa_key(2), "RS256")}
    issuer.signing = rsa_key(2)

    assert signed_in(browser(), issuer).status == 303
    assert issuer.asked.count("/keys") == 2


def test_a_key_that_was_taken_away_is_none_any_more(
    issuer: FakeIssuer, fake_clock: FakeClock
) -> None:
    anna()
    signed_in(browser(), issuer)
    issuer.keys = {"second": (rsa_key(2), "RS256")}
    fake_clock.at += timedelta(hours=1)

    assert refused(issuer) == "token_key"


@pytest.mark.parametrize("page", ["/.well-known/openid-configuration", "/keys", "/token"])
def test_an_issuer_that_doesnt_answer_loses_nothing(issuer: FakeIssuer, page: str) -> None:
    anna()
    mine, way = browser(), "/console/sign-in?to=/console/refunds"
    issuer.down.add(page)
    began = mine.get(way)
    silent = mine.get(issuer.sign_in(began.leads_to, "sub-anna")) if began.leads_to else began

    assert silent.status == 503
    assert "to=%2Fconsole%2Frefunds" in silent.body
    assert "Nothing is lost" in silent.text
    issuer.down.clear()
    back = mine.get(issuer.sign_in(begun(mine, way), "sub-anna", "anna@shop.example"))
    assert (back.status, back.leads_to) == (303, "/console/refunds")


def test_an_issuer_that_doesnt_answer_leaves_a_session_alone(issuer: FakeIssuer) -> None:
    anna()
    mine = browser()
    signed_in(mine, issuer)
    issuer.down.add("/token")
    silent = signed_in(mine, issuer)

    assert silent.status == 503
    assert mine.get("/console").status == 200


def test_what_was_known_of_an_issuer_serves_on_while_it_is_silent(
    issuer: FakeIssuer, fake_clock: FakeClock
) -> None:
    anna()
    signed_in(browser(), issuer)
    issuer.down = {"/.well-known/openid-configuration", "/keys"}
    fake_clock.at += timedelta(hours=2)

    assert signed_in(browser(), issuer).status == 303


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://login.shop.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
)
def test_a_description_that_cant_be_right_leads_nowhere(
    issuer: FakeIssuer, more: dict[str, Any]
) -> None:
    issuer.more = more

    assert browser().get("/console/sign-in").status == 503


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_issuer_that_fails_is_asked_again_later(issuer: FakeIssuer, status: int) -> None:
    anna()
    issuer.status = status

    assert signed_in(browser(), issuer).status == 503


def test_an_issuer_that_doesnt_know_us_is_our_own_fault(issuer: FakeIssuer) -> None:
    anna()
    issuer.secret = "drawn anew"

    assert signed_in(browser(), issuer).status == 503


def test_a_secret_may_stand_in_the_form(issuer: FakeIssuer) -> None:
    anna()
    issuer.more = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert signed_in(browser(), issuer).status == 303


def test_a_client_without_a_secret_proves_itself_by_pkce(
    issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna()
    issuer.secret = None
    monkeypatch.setenv("SECRETS_PREFIX", "kassa-without")
    settings.cache_clear()

    assert signed_in(browser(), issuer).status == 303


@pytest.mark.parametrize("named", ["&iss=https://evil.example", "&iss=", ""])
def test_an_answer_in_another_issuers_name_is_refused(issuer: FakeIssuer, named: str) -> None:
    """One that names its issuer in every answer names it in each, or somebody else answered."""
    anna()
    issuer.more = {"authorization_response_iss_parameter_supported": True}
    mine = browser()
    back = issuer.sign_in(begun(mine), "sub-anna").partition("&iss=")[0]

    assert reason(mine.get(f"{back}{named}")) == "answer_issuer"
    assert "/token" not in issuer.asked


def test_a_sign_in_that_the_issuer_refused_says_so(issuer: FakeIssuer) -> None:
    mine = browser()
    state = issuer.sign_in(begun(mine), "sub-anna").partition("&state=")[2].partition("&")[0]
    page = mine.get(f"/console/sign-in/callback?error=access_denied&state={state}")

    assert (page.status, reason(page)) == (403, "issuer_refused")
    assert "The sign-in page let nobody in" in page.text


def test_a_token_that_was_refused_stands_in_the_audit_trail(issuer: FakeIssuer) -> None:
    issuer.token = unsigned
    refused(issuer)
    [item] = audit_trail.items(NOW.date())

    assert "token_unsigned" in item.content
