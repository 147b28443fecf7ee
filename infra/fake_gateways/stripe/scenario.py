"""What happens at Stripe without a call of its API: banks decide, people click, time passes."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal, declined, in_execution
from infra.fake_gateways.stripe.objects import (
    collecting,
    customers,
    disputes,
    events,
    payouts,
    refunds,
    shapes,
)
from infra.fake_gateways.stripe.shared import Shared


class Scenario(Shared):
    """The acts of everybody but the API's caller; each sends its events like any other."""

    ACTS = (
        *("settle_refund", "trace_refund", "refund_in_dashboard", "open_dispute"),
        *("escalate_inquiry", "close_dispute", "pay_out", "pay_out_all", "settle_payout"),
        *("authenticate", "expire_authorization", "finish_checkout", "mark_delivered"),
        *("roll_secret", "run_due", "sell", "fail_refund", "truth"),
        *("return_debit", "pay_out_connected", "sell_in_parts", "announce_expiry"),
    )

    def __init__(self, account: Account) -> None:
        """Act on this account."""
        self.account = account

    def settle_refund(self, refund_id: str, status: str, reason: str = "") -> Body:
        """A refund becomes succeeded, failed, canceled or requires_action."""
        return refunds.settle(self.account, refund_id, status, reason)

    def trace_refund(self, refund_id: str) -> Body:
        """The bank's reference (ARN) of a refund becomes known."""
        return refunds.trace(self.account, refund_id)

    def escalate_inquiry(self, dispute_id: str) -> Body:
        """An inquiry becomes a dispute that takes the funds."""
        return disputes.escalate(self.account, dispute_id)

    def pay_out(self, amount: int) -> Body:
        """Stripe sends an amount to the bank, whatever the balance."""
        return payouts.send(self.account, amount, {"automatic": True})

    def settle_payout(self, payout_id: str, status: str) -> Body:
        """A payout becomes in_transit, paid, failed or canceled."""
        return payouts.settle(self.account, payout_id, status)

    def authenticate(self, payment_id: str, succeeds: bool = True) -> Body:
        """A card's holder answers the bank's question (3D Secure)."""
        intent = self.account.find("payment_intent", payment_id)
        if intent["status"] != "requires_action":
            raise in_execution(f"A payment that is {intent['status']} awaits no answer.")
        if succeeds:
            method = self.account.objects[intent["payment_method"]]
            return collecting.attempt(self.account, intent, method)
        error = declined("authentication_required", "payment_intent_authentication_failure").error
        intent |= {"status": "requires_payment_method", "next_action": None}
        intent |= {"payment_method": None, "last_payment_error": error}
        self.account.emit("payment_intent.payment_failed", intent)
        return intent

    def expire_authorization(self, payment_id: str) -> Body:
        """An authorization was never captured, and its time is over."""
        intent = self.account.find("payment_intent", payment_id)
        if intent["status"] != "requires_capture":
            raise in_execution(f"A payment that is {intent['status']} holds no authorization.")
        collecting.release(self.account, intent, "automatic", "charge.expired")
        return intent

    def return_debit(self, payment_id: str, code: str = "insufficient_funds") -> Body:
        """A bank takes back a debit that had succeeded, days later."""
        intent = self.account.find("payment_intent", payment_id)
        if intent["status"] != "succeeded":
            raise in_execution(f"A payment that is {intent['status']} can't come back.")
        collecting.return_debit(self.account, intent, code)
        return intent

    def pay_out_connected(self, connected: str, amount: int) -> Body:
        """A connected account is paid out: not our money, but sent to endpoints of Connect."""
        fields: Body = {"automatic": True, "status": "paid"}
        payout = shapes.payout(self.account, amount, self.account.switches.currency, fields)
        self.account.emit("payout.paid", payout, connected)
        return payout

    def announce_expiry(self, customer_id: str, card: str = "pm_card_visa") -> Body:
        """A card that is kept for a customer ends with this month."""
        return customers.announce_expiry(self.account, customer_id, card)

    def mark_delivered(self, event_id: str) -> None:
        """An event arrived at every endpoint."""
        events.delivered(self.account, event_id)

    def roll_secret(self, endpoint_id: str) -> str:
        """Give an endpoint a second live secret, the newest first; a third ends the oldest."""
        secrets = self.account.secrets.get(endpoint_id)
        if secrets is None:
            raise Refusal(f"No such webhook endpoint: '{endpoint_id}'", "resource_missing", "id")
        secret = f"whsec_{self.account.source.getrandbits(160):040x}"
        self.account.secrets[endpoint_id] = [secret, secrets[0]]
        return secret

    def run_due(self) -> int:
        """Do what Stripe does by itself and is due."""
        return self.account.schedule.run_due()
