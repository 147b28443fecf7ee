"""What happens at BTCPay without a call of its API: customers pay and claim, people click."""

from decimal import Decimal
from typing import NoReturn

from infra.fake_gateways.btcpay import coins, invoices, refunds
from infra.fake_gateways.btcpay.errors import Unknown
from infra.fake_gateways.btcpay.rendering import invoice_shown, payout_shown, pull_payment_shown
from infra.fake_gateways.btcpay.store import Invoice, PullPayment, Store
from infra.fake_gateways.kit import iso4217
from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.pages import Page


class Scenario:
    """The acts of everybody but the API's caller; each sends its webhooks."""

    ACTS = (
        *("pay", "confirm", "lose_payments", "undo_payments"),
        *("finish_checkout", "mark_invoice", "sell"),
        *(
            "claim_refund",
            "pay_refund_out",
            "cancel_claims",
            "archive_refund",
            "refund_in_dashboard",
        ),
        *("fail_refund", "open_dispute", "close_dispute", "pay_out_all", "truth", "run_due"),
    )

    def __init__(self, store: Store) -> None:
        """Act in this store."""
        self.store = store

    def pay(
        self, invoice_id: str, amount_minor: int | None = None, is_confirmed: bool = False
    ) -> Body:
        """A customer sends coins: what is requested, or so much in the invoice's currency."""
        invoice = self._invoice(invoice_id)
        requested = (
            invoice.price - invoices.worth(invoice, "Processing", "Settled")
            if amount_minor is None
            else coins.in_currency(amount_minor, invoice.currency)
        )
        invoices.pay(self.store, invoice, coins.coins_for(requested, invoice.rate))
        if is_confirmed:
            invoices.confirm(self.store, invoice)
        return invoice_shown(self.store, invoice)

    def confirm(self, invoice_id: str) -> Body:
        """The chain confirms what was sent."""
        invoice = self._invoice(invoice_id)
        invoices.confirm(self.store, invoice)
        return invoice_shown(self.store, invoice)

    def lose_payments(self, invoice_id: str) -> Body:
        """What was sent and isn't confirmed was spent elsewhere, and is given up."""
        invoice = self._invoice(invoice_id)
        invoices.lose(invoice)
        invoices.give_up(self.store, invoice)
        return invoice_shown(self.store, invoice)

    def undo_payments(self, invoice_id: str) -> Body:
        """The chain forgets what it had confirmed; nobody is notified."""
        invoice = self._invoice(invoice_id)
        invoices.undo(invoice)
        return invoice_shown(self.store, invoice)

    def page(self, checkout_id: str) -> Page | None:
        """Return a payment page as its customer sees it."""
        invoice = self.store.invoices.get(checkout_id)
        if invoice is None:
            return None
        digits = iso4217.digits(invoice.currency)
        return Page(
            "BTCPay",
            str(invoice.metadata.get("orderId") or checkout_id),
            int(invoice.price.scaleb(digits)),
            invoice.currency,
            invoice.status == "New",
            str(invoice.checkout.get("redirectURL") or ""),
        )

    def finish_checkout(self, checkout_id: str, outcome: str) -> Body:
        """A page is paid and confirmed; its payment never confirms (declined); or it expires."""
        invoice = self._invoice(checkout_id)
        if invoice.status != "New":
            raise Unknown(f"the invoice is {invoice.status}")
        match outcome:
            case "paid":
                return self.pay(invoice.id, is_confirmed=True)
            case "declined":
                self.pay(invoice.id)
                return self.lose_payments(invoice.id)
            case "expired":
                invoices.expire(self.store, invoice)
                return invoice_shown(self.store, invoice)
            case _:
                raise Unknown("an outcome is paid, declined or expired")

    def mark_invoice(self, invoice_id: str, status: str) -> Body:
        """A person says that an invoice is Settled or Invalid."""
        invoice = self._invoice(invoice_id)
        invoices.mark(self.store, invoice, status)
        return invoice_shown(self.store, invoice)

    def sell(self, order_id: str, amount_minor: int, currency: str = "EUR") -> Body:
        """A customer pays an invoice that somebody else made."""
        amount = coins.text(coins.in_currency(amount_minor, currency))
        params = {"amount": amount, "currency": currency, "metadata": {"orderId": order_id}}
        invoice = invoices.create(self.store, params)
        self.pay(invoice.id, is_confirmed=True)
        return {"payment_id": invoice.id}

    def claim_refund(self, refund_id: str, amount_minor: int | None = None) -> Body:
        """A customer claims a pull payment, or a part of it; nobody has paid it out yet."""
        pull_payment = self._pull_payment(refund_id)
        requested = (
            None if amount_minor is None else coins.in_currency(amount_minor, pull_payment.currency)
        )
        address = f"bc1q{self.store.new_id(38).lower()}"
        payout = refunds.claim(self.store, pull_payment, requested, address)
        return payout_shown(self.store, payout)

    def pay_refund_out(self, refund_id: str) -> Body:
        """What isn't claimed yet is claimed, and the merchant pays all claims out."""
        pull_payment = self._pull_payment(refund_id)
        refunds.claim_all_and_pay(self.store, pull_payment)
        return pull_payment_shown(self.store, pull_payment)

    def cancel_claims(self, refund_id: str) -> Body:
        """The merchant calls off what was claimed and isn't paid."""
        pull_payment = self._pull_payment(refund_id)
        for payout in pull_payment.payouts:
            if payout.state in ("AwaitingApproval", "AwaitingPayment"):
                refunds.cancel(self.store, payout)
        return pull_payment_shown(self.store, pull_payment)

    def archive_refund(self, refund_id: str) -> Body:
        """The merchant archives a pull payment; nobody can claim it any more."""
        pull_payment = self._pull_payment(refund_id)
        refunds.archive(self.store, pull_payment)
        return pull_payment_shown(self.store, pull_payment)

    def refund_in_dashboard(
        self, payment_id: str, amount_minor: int, is_claimed: bool = True
    ) -> Body:
        """Somebody refunds in the dashboard; the customer claims it and is paid at once."""
        invoice = self._invoice(payment_id)
        params = {
            "refundVariant": "Custom",
            "customAmount": coins.text(coins.in_currency(amount_minor, invoice.currency)),
            "customCurrency": invoice.currency,
        }
        pull_payment = refunds.offer(self.store, invoice, params)
        if is_claimed:
            refunds.claim_all_and_pay(self.store, pull_payment)
        return {"refund_id": pull_payment.id}

    def fail_refund(self, refund_id: str) -> NoReturn:
        """Refused: coins that were paid out don't come back."""
        raise Unknown("BTCPay knows no refund that comes back; one not claimed can be archived")

    def open_dispute(self, payment_id: str, amount_minor: int = 0) -> NoReturn:
        """Refused."""
        raise Unknown("BTCPay knows no disputes")

    def close_dispute(self, dispute_id: str, outcome: str) -> NoReturn:
        """Refused."""
        raise Unknown("BTCPay knows no disputes")

    def pay_out_all(self) -> NoReturn:
        """Refused: what is paid is in the merchant's own wallet at once."""
        raise Unknown("BTCPay pays nothing out to a bank: the coins are the merchant's own")

    def truth(self) -> Body:
        """Report what really happened, in minor units; BTCPay keeps no balance for anybody."""
        store = self.store
        payments = {
            one.id: {
                "order_id": one.metadata.get("orderId"),
                "amount_minor": coins.in_minor(one.price, one.currency),
                "currency": one.currency,
                "captured_minor": refunds.captured_minor(one),
                "refunded_minor": refunds.refunded_minor(store, one),
            }
            for one in store.invoices.values()
        }
        return {
            "balance_minor": {one.currency: 0 for one in store.invoices.values()},
            "payments": payments,
            "refunds": [_refund_body(one) for one in store.pull_payments.values()],
        }

    def run_due(self) -> int:
        """Do what time does and is due."""
        return self.store.schedule.run_due()

    def _invoice(self, invoice_id: str) -> Invoice:
        return self.store.invoice(invoice_id.partition("/")[0])

    def _pull_payment(self, refund_id: str) -> PullPayment:
        return self.store.pull_payment(refund_id)


def _refund_body(pull_payment: PullPayment) -> Body:
    done = [one.amount for one in pull_payment.payouts if one.state == "Completed"]
    return {
        "refund_id": pull_payment.id,
        "payment_id": pull_payment.invoice_id,
        "name": pull_payment.name,
        "amount": coins.text(pull_payment.amount),
        "currency": pull_payment.currency,
        "paid": coins.text(sum(done, Decimal())),
        "archived": pull_payment.is_archived,
    }
