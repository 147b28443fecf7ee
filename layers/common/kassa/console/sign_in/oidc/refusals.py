"""Why nobody is let in: the issuer vouches for nobody we know, or can't be asked."""

from kassa.core.errors import KassaError


class SignInRefused(KassaError):
    """Somebody isn't let in; `reason` is one of few, and is what the audit trail says."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"sign-in refused: {reason}")
        self.reason = reason


class IssuerUnavailable(KassaError):
    """The issuer, who vouches for people, didn't answer, or not with what it should."""
