"""An issuer is asked as the standard has it, and Cognito as it is: each of its ways is known."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from kassa.console.sign_in.oidc.issuer import Asked, Issuer, described, sign_in_url, sign_out_url

POOL = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12"
PAGES = "https://kassa-152b657d.auth.eu-west-1.amazoncognito.com"
HOME = "https://pay.shop.example/console"
ASKED = Asked("kassa", f"{HOME}/sign-in/callback", "state", "nonce", "challenge", 300, True)


def pool(**more: Any) -> Issuer:
    description = {
        "issuer": POOL,
        "authorization_endpoint": f"{PAGES}/oauth2/authorize",
        "token_endpoint": f"{PAGES}/oauth2/token",
        "jwks_uri": f"{POOL}/.well-known/jwks.json",
        "subject_types_supported": ["public"],
    }
    return described(description | more, POOL)


def asked_of(url: str | None) -> tuple[str, dict[str, str]]:
    """Return the page of an address, and what it is asked for."""
    assert url is not None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))


@pytest.mark.parametrize("more", [{}, {"end_session_endpoint": f"{PAGES}/logout"}])
def test_a_pool_signs_out_by_words_of_its_own(more: dict[str, str]) -> None:
    """Older pools don't name the page; it takes no post_logout_redirect_uri, named or not."""
    page, query = asked_of(sign_out_url(pool(**more), "kassa", HOME))

    assert page == f"{PAGES}/logout"
    assert query == {"client_id": "kassa", "logout_uri": HOME}


def test_an_issuer_that_isnt_a_pool_signs_out_by_the_standard() -> None:
    other = pool().model_copy(
        update={"issuer": "https://login.example", "end_session_endpoint": "https://l.example/out"}
    )
    page, query = asked_of(sign_out_url(other, "kassa", HOME))

    assert (page, query["post_logout_redirect_uri"]) == ("https://l.example/out", HOME)
    assert sign_out_url(other.model_copy(update={"end_session_endpoint": None}), "k", HOME) is None


@pytest.mark.parametrize(
    "issuer",
    [
        "https://cognito-idp.evil.example/eu-west-1_Ab12",
        "https://evil.example/https://cognito-idp.eu-west-1.amazonaws.com/x",
        "https://cognito-idp.eu-west-1.amazonaws.com.evil.example/x",
    ],
)
def test_whoever_only_sounds_like_a_pool_is_none(issuer: str) -> None:
    assert not pool().model_copy(update={"issuer": issuer}).is_cognito


def test_what_an_address_has_already_stays_in_it() -> None:
    with_tenant = pool(authorization_endpoint=f"{PAGES}/authorize?tenant=shop")
    _, query = asked_of(sign_in_url(with_tenant, ASKED))

    assert (query["tenant"], query["code_challenge_method"]) == ("shop", "S256")
    assert (query["prompt"], query["max_age"]) == ("login", "300")
