"""The console's cookies: no script reads them, and no other site's form sends them."""

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

SESSION = "__Host-kassa"
ATTEMPT = "__Host-kassa-sign-in"  # of a sign-in under way


def session_cookie(token: str, max_age: int | None = None) -> Cookie:
    """Return the cookie of a session."""
    return _cookie(SESSION, token, max_age)


def attempt_cookie(secret: str, max_age: int = 600) -> Cookie:
    """Return the cookie that ties an attempt to sign in to its browser.

    It comes along when the issuer leads back here, which SameSite=Strict wouldn't let it.
    """
    return _cookie(ATTEMPT, secret, max_age)


def _cookie(name: str, value: str, max_age: int | None) -> Cookie:
    return Cookie(
        name, value, path="/", http_only=True, same_site=SameSite.LAX_MODE, max_age=max_age
    )
