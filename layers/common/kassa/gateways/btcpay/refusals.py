"""What a refusal of BTCPay's API is: its status, code or field, looked up in the table."""

from kassa.core.errors import GatewayRefused
from kassa.gateways.btcpay.declines import DECLINES
from kassa.gateways.declines import DeclineScope, known
from kassa.gateways.parsing import Body, word


def by_status(status: int) -> GatewayRefused | None:
    """Return what a status alone says, where the body says nothing."""
    return _listed(f"http:{status}")


def by_code(problem: Body) -> GatewayRefused | None:
    """Return why, by the problem's code; nothing for a body that is no problem of BTCPay's."""
    code = word(problem.get("code"))
    return None if code is None else _listed(code) or GatewayRefused(code)


def by_fields(problems: list[Body]) -> GatewayRefused | None:
    """Return why a request didn't validate, by the field that was wrong.

    It names the fields; the first that is listed says why.
    """
    paths = [str(problem.get("path")).lower() for problem in problems if problem.get("path")]
    found = [refused for path in paths if (refused := _listed(f"field:{path}"))]
    if found:
        return found[0]
    return GatewayRefused(f"invalid_{paths[0]}", is_retryable=True) if paths else None


def _listed(code: str) -> GatewayRefused | None:
    listed = known(DECLINES, code, DeclineScope.ANYTHING)
    if listed is None:
        return None
    return GatewayRefused(listed.word or code, is_retryable=listed.is_retryable)
