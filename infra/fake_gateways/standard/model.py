"""The fake of a gateway without an API: people act, banks decide, and it reports what happened."""

import random
import threading
from collections.abc import Callable

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.faults import Faults
from infra.fake_gateways.standard.account import Account, Notification, Switches


class FakeStandardGateway:
    """A gateway as one merchant meets it: nothing can be requested, everything is reported.

    The same clock, source of randomness and acts give the same events, to the byte.
    """

    ACTS = (
        *("sell", "decline", "finish_checkout", "refund_in_dashboard", "fail_refund"),
        *("open_dispute", "close_dispute", "return_debit", "reverse", "pay_out_all", "truth"),
    )

    def __init__(
        self,
        now: Callable[[], float],
        source: random.Random,
        switches: Switches | None = None,
        on_event: Callable[[Notification], object] | None = None,
    ) -> None:
        """Open an account; `on_event` gets each event once, as it happens."""
        self.account = Account(now, source, switches or Switches())
        self.faults = Faults()
        self.lock = threading.RLock()  # for callers on many threads
        if on_event:
            self.account.on_event = on_event

    @property
    def switches(self) -> Switches:
        """How the account is set up."""
        return self.account.switches

    def sell(self, order_id: str, amount_minor: int, currency: str = "EUR") -> Body:
        """A customer pays on the gateway's own page; the money is in the balance at once."""
        payment = self._attempt(order_id, amount_minor, currency, status="paid")
        fee = (amount_minor * self.switches.fee_permille + 500) // 1000 + self.switches.fee_fixed
        taken = self.switches.own(min(fee, amount_minor), currency)
        cause = {"payment_id": payment["id"], "currency": currency}
        self.account.move("charge", payment["amount"], cause, taken)
        return {"payment_id": payment["id"]}

    def decline(self, order_id: str, amount_minor: int, currency: str = "EUR") -> Body:
        """A customer's bank says no."""
        payment = self._attempt(order_id, amount_minor, currency, status="declined")
        return {"payment_id": payment["id"]}

    def _attempt(self, order_id: str, amount_minor: int, currency: str, status: str) -> Body:
        if not isinstance(amount_minor, int) or amount_minor <= 0:
            raise ValueError("an amount is a whole number of minor units above zero")
        payment: Body = {
            "id": self.account.new_id("pay"),
            "status": status,
            "order_id": order_id,
            "amount": self.switches.own(amount_minor, currency),
            "currency": currency,
            "method": "credit_card",
            "decline_code": "insufficient_funds" if status == "declined" else None,
        }
        self.account.payments[payment["id"]] = payment
        self.account.notify("payment.updated", payment)
        return payment

    def page(self, checkout_id: str) -> None:
        """This gateway has no pages."""

    def finish_checkout(self, checkout_id: str, outcome: str) -> Body:
        """Refuse: nobody can ask this gateway for a page."""
        raise ValueError("this gateway opens no checkouts: let it sell instead")

    def refund_in_dashboard(self, payment_id: str, amount_minor: int) -> Body:
        """Somebody refunds by hand, at most what is left."""
        payment = self.account.payment(payment_id)
        left = payment["amount"] - self._returned(payment_id)
        amount = self.switches.own(amount_minor, payment["currency"])
        if not 0 < amount <= left:
            raise ValueError(f"{left} of {payment_id} is left to refund")
        refund = self._caused("rf", payment, amount) | {"status": "sent", "reason": None}
        self.account.refunds[refund["id"]] = refund
        self.account.notify("refund.sent", refund)
        self.account.move("refund", -amount, refund)
        return {"refund_id": refund["id"]}

    def fail_refund(self, refund_id: str) -> Body:
        """A refund comes back, days after it was sent."""
        refund = self.account.refunds.get(refund_id)
        if refund is None or refund["status"] != "sent":
            raise ValueError(f"{refund_id} is no refund that was sent")
        refund |= {"status": "bounced", "reason": "account_closed"}
        self.account.notify("refund.bounced", refund)
        self.account.move("refund_failure", refund["amount"], refund)
        return dict(refund)

    def open_dispute(self, payment_id: str, amount_minor: int | None = None) -> Body:
        """A customer's bank takes the money, and the gateway its fee."""
        payment = self.account.payment(payment_id)
        whole = payment["amount"] - self._returned(payment_id)
        amount = self.switches.own(amount_minor, payment["currency"]) if amount_minor else whole
        dispute = self._caused("dsp", payment, amount) | {"outcome": None, "reason": "fraudulent"}
        self.account.disputes[dispute["id"]] = dispute
        self.account.notify("dispute.opened", dispute)
        self._take(dispute, self.switches.dispute_fee, dispute["id"])
        return {"dispute_id": dispute["id"]}

    def close_dispute(self, dispute_id: str, outcome: str, returned_minor: int = 0) -> Body:
        """The bank decides; what is won comes back, and of what is lost perhaps a part."""
        dispute = self.account.disputes.get(dispute_id)
        if dispute is None or dispute["outcome"] or outcome not in ("won", "lost"):
            raise ValueError(f"{dispute_id} can't be {outcome}")
        dispute["outcome"] = outcome
        self.account.notify("dispute.closed", dispute)
        part = self.switches.own(returned_minor, dispute["currency"]) if returned_minor else 0
        dispute["returned"] = dispute["amount"] if outcome == "won" else part
        if dispute["returned"]:
            funds = self._funds(dispute, dispute["returned"]) | {"dispute_id": dispute_id}
            self.account.notify("funds.returned", funds)
            self.account.move("dispute", dispute["returned"], dispute)
        return dict(dispute)

    def return_debit(self, payment_id: str) -> Body:
        """A customer's bank takes back a debit that had succeeded before; the fee stays."""
        payment = self.account.payment(payment_id)
        payment |= {"status": "declined", "decline_code": "debit_returned"}
        self.account.notify("payment.updated", payment, later_s=1)
        cause = {"payment_id": payment_id, "currency": payment["currency"]}
        self.account.move("refund", -payment["amount"], cause)
        return dict(payment)

    def reverse(self, payment_id: str, amount_minor: int) -> Body:
        """The gateway takes money of a payment back, without a dispute."""
        payment = self.account.payment(payment_id)
        amount = self.switches.own(amount_minor, payment["currency"])
        if not 0 < amount <= payment["amount"] - self._returned(payment_id):
            raise ValueError(f"no {amount_minor} of {payment_id} is left")
        reversal = self._caused("rev", payment, amount) | {"outcome": "lost"}
        self.account.disputes[reversal["id"]] = reversal
        self._take(reversal, 0, None)
        return {"payment_id": payment_id}

    def _take(self, cause: Body, fee: int, dispute_id: str | None) -> None:
        """Send an event that funds were taken, under an id of their own, and move the balance."""
        funds = self._funds(cause, cause["amount"]) | {"dispute_id": dispute_id}
        self.account.notify("funds.taken", funds)
        self.account.move("dispute", -cause["amount"], cause, fee)

    def _funds(self, cause: Body, amount: int) -> Body:
        names = ("payment_id", "order_id", "currency")
        named = {name: cause[name] for name in names}
        return named | {"id": self.account.new_id("fnd"), "amount": amount}

    def pay_out_all(self) -> Body:
        """The gateway sends each currency's balance to the bank, where there is one."""
        sent: list[str] = []
        for currency, minor in sorted(self.account.balances.items()):
            if minor <= 0:
                continue
            payout_id = self.account.new_id("po")
            self.account.move("payout", -minor, {"currency": currency})
            payout = {"id": payout_id, "amount": minor, "currency": currency}
            self.account.notify("payout.paid", payout)
            sent.append(payout_id)
        return {"payout_id": sent[0] if sent else None, "payout_ids": sent}

    def truth(self) -> Body:
        """Report how everything stands, for whoever compares; in ISO 4217's minor units."""
        minor = self.switches.minor
        payments = {
            payment_id: {
                "order_id": one["order_id"],
                "amount_minor": minor(one["amount"], one["currency"]),
                "currency": one["currency"],
                "captured_minor": minor(one["amount"], one["currency"])
                if one["status"] == "paid"
                else 0,
                "refunded_minor": minor(self._refunded(payment_id), one["currency"]),
            }
            for payment_id, one in self.account.payments.items()
        }
        refunds = [dict(one) for one in self.account.refunds.values()]
        balances = {code: minor(held, code) for code, held in self.account.balances.items()}
        return {"balance_minor": balances, "payments": payments, "refunds": refunds}

    def run_due(self) -> int:
        """Do nothing: this gateway has no plans of its own."""
        return 0

    def _caused(self, prefix: str, payment: Body, amount: int) -> Body:
        return {
            "id": self.account.new_id(prefix),
            "payment_id": payment["id"],
            "order_id": payment["order_id"],
            "amount": amount,
            "currency": payment["currency"],
        }

    def _refunded(self, payment_id: str) -> int:
        refunds = (one for one in self.account.refunds.values() if one["payment_id"] == payment_id)
        return sum(int(one["amount"]) for one in refunds if one["status"] == "sent")

    def _returned(self, payment_id: str) -> int:
        """What was refunded, or taken by a bank that hasn't given it back."""
        taken = (one for one in self.account.disputes.values() if one["payment_id"] == payment_id)
        held = sum(int(one["amount"]) - int(one.get("returned", 0)) for one in taken)
        return self._refunded(payment_id) + held
