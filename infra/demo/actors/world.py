"""Everybody but Kassa and the shop: customers, banks, and whoever sits at a gateway's dashboard."""

from infra.demo.actors.fakes import FakeGateway, Truth
from infra.demo.result import OrderResult
from infra.demo.scenario import Order, Scenario
from infra.local.errors import DemoError
from infra.stack import Stack

BTCPAY = "btcpay"
PAGES = {"paypal": "/v2/checkout/orders"}  # where a page is requested


class World:
    """Acts at the fakes; at a gateway that is none of ours nothing can be done."""

    def __init__(self, stack: Stack, scenario: Scenario) -> None:
        """Reach every fake beside a stack."""
        self._scenario = scenario
        self._fakes = {
            name: FakeGateway(url)
            for name, url in stack.gateway_urls.items()
            if scenario.terms[name].is_fake
        }

    def set_terms(self) -> None:
        """Set every fake to its terms, and say how webhooks travel from now on."""
        for name, fake in self._fakes.items():
            fake.do("switches", **self._scenario.terms[name].switches)
            fake.do("habits", **self._scenario.webhook_habits)

    def truths(self) -> dict[str, Truth]:
        """Return what every gateway itself says."""
        return {name: fake.truth() for name, fake in self._fakes.items()}

    def lose_answer(self, order: Order) -> None:
        """Let a gateway open an order's page, and its answer be lost."""
        path = PAGES[order.gateway]
        self._fakes[order.gateway].do("faults", kind="lost_response", method="POST", path=path)

    def leave_page(self, order: Order, checkout_id: str) -> None:
        """Let a customer pay on a page, be declined there, or walk away."""
        fake = self._fakes[order.gateway]
        fake.do("finish_checkout", checkout_id=checkout_id, outcome=order.ending)

    def sell_past_kassa(self, order: Order, gateway: str) -> None:
        """Let a customer pay at a gateway without a page of Kassa's."""
        fields = {"amount_minor": order.amount_minor, "currency": order.currency}
        self._fakes[gateway].do("sell", order_id=order.order_id, **fields)

    def refund_by_hand(self, one: OrderResult) -> None:
        """Let somebody refund in a dashboard, past Kassa."""
        amount_minor = one.order.by_hand_minor
        payment = {"payment_id": self.payment_of(one), "amount_minor": amount_minor}
        self._fakes[one.order.gateway].do("refund_in_dashboard", **payment)

    def open_dispute(self, one: OrderResult) -> str:
        """Let a customer's bank take money back; return the dispute."""
        fake = self._fakes[one.order.gateway]
        return str(fake.do("open_dispute", payment_id=self.payment_of(one))["dispute_id"])

    def lose_dispute(self, one: OrderResult, dispute_id: str) -> None:
        """Let a bank decide against the shop."""
        ends = {"dispute_id": dispute_id, "outcome": "lost"}
        returned = one.order.returned_minor
        more = {"returned_minor": returned} if returned else {}
        self._fakes[one.order.gateway].do("close_dispute", **ends, **more)

    def reverse_payment(self, one: OrderResult) -> None:
        """Let a gateway take money of a payment back, and no dispute say why."""
        amount_minor = one.order.reversed_minor
        payment = {"payment_id": self.payment_of(one), "amount_minor": amount_minor}
        self._fakes[one.order.gateway].do("reverse_capture", **payment)

    def hold_refunds(self, order: Order, are_held: bool) -> None:
        """Let a gateway's pending refunds wait, or leave by themselves after a while."""
        self._fakes[order.gateway].settle_by_itself(not are_held)

    def send_back(self, order: Order, refund_id: str) -> None:
        """Let a customer's bank refuse the money of a refund."""
        self._fakes[order.gateway].do("fail_refund", refund_id=refund_id)

    def claim_coins(self) -> None:
        """Let customers claim what was offered back; only then do coins move."""
        fake = self._fakes.get(BTCPAY)
        if fake is None:
            return
        offered = [
            one["refund_id"] for one in fake.do("truth")["refunds"] if float(one["paid"]) == 0
        ]
        for refund_id in offered:
            fake.do("pay_refund_out", refund_id=refund_id)

    def pay_out(self) -> None:
        """Let every gateway that does send its balance to the bank."""
        for name, fake in self._fakes.items():
            if self._scenario.terms[name].pays_out:
                fake.do("pay_out_all")

    def payment_of(self, one: OrderResult) -> str:
        """Return the payment that took an order's money, as one finds it in a dashboard."""
        if one.payment_id:
            return one.payment_id
        paid = self._fakes[one.order.gateway].truth().paid(one.order.order_id)
        if not paid:
            raise DemoError(f"{one.order.gateway} has no payment of {one.order.order_id}")
        return paid[0].payment_id
