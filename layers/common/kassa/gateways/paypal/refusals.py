"""What a refusal of PayPal's API is: its issue, looked up in the table.

Another gateway may be tried where nothing was paid and nothing can be by this attempt any more,
which is true of a refusal to open a page, and of a page whose buyer's instrument was declined.
"""

from kassa.core.errors import GatewayRefused
from kassa.gateways.declines import DeclineReason, DeclineScope, known
from kassa.gateways.parsing import Body, parts, word
from kassa.gateways.paypal.declines import DECLINES as TABLE

# The buyer can't pay by this order, or not yet: nothing was taken, and the page stays open. An
# invoice that was paid by another order stays so, and this one's page is of no use.
_NO_DECLINES = {DeclineReason.ALREADY_PAID, DeclineReason.EXPIRED, DeclineReason.NOT_APPROVED}
DECLINES = {"DUPLICATE_INVOICE_ID"} | {
    row.code
    for row in TABLE.values()
    if row.of is DeclineScope.PAYMENT and row.reason not in _NO_DECLINES
}


def issue(status: int, said: Body) -> str:
    """Return PayPal's own word for a refusal: the issue, or else the error's name."""
    named = next((word(one.get("issue")) for one in parts(said, "details")), None)
    return named or word(said.get("name")) or word(said.get("error")) or f"status_{status}"


def refused(status: int, said: Body, of: DeclineScope = DeclineScope.ANYTHING) -> GatewayRefused:
    """Return what a refusal means to us; PayPal's own word where we have none for it."""
    named = f"http:{status}" if status in (401, 403) else issue(status, said)
    listed = known(TABLE, named, of)
    if listed is None:
        return GatewayRefused(named.lower())
    return GatewayRefused(listed.word or named.lower(), is_retryable=listed.is_retryable)
