"""Everybody but Kassa and the shop: customers, banks, and whoever sits at a gateway's dashboard."""

from infra.local.tour.fakes import FakeGateway, Truth
from infra.local.tour.story import ORDERS, Order
from infra.local.tour.terms import TERMS
from infra.local.trouble import Trouble
from infra.stack import Stack

BTCPAY = "btcpay"
PAGES = {"paypal": "/v2/checkout/orders"}  # where a page is asked for


class World:
    """Acts at the fakes."""

    def __init__(self, stack: Stack) -> None:
        """Reach every fake beside a stack."""
        self._fakes = {name: FakeGateway(url) for name, url in stack.gateway_urls.items()}

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
        words = {"amount_minor": order.amount_minor, "currency": order.currency}
        self._fakes[gateway].do("sell", order_id=order.order_id, **words)

    def refund_by_hand(self) -> None:
        """Let people refund in the dashboards, past Kassa."""
        for order in (order for order in ORDERS if order.by_hand_minor):
            words = {"payment_id": self.payment_of(order), "amount_minor": order.by_hand_minor}
            self._fakes[order.gateway].do("refund_in_dashboard", **words)

    def lose_disputes(self) -> None:
        """Let banks take money back, and decide against the shop."""
        for order in (order for order in ORDERS if order.is_disputed):
            fake = self._fakes[order.gateway]
            opened = fake.do("open_dispute", payment_id=self.payment_of(order))
            ends = {"dispute_id": opened["dispute_id"], "outcome": "lost"}
            if order.returned_minor:
                ends["returned_minor"] = order.returned_minor
            fake.do("close_dispute", **ends)

    def reverse_payments(self) -> None:
        """Let a gateway take money of a payment back, and no dispute say why."""
        for order in (order for order in ORDERS if order.reversed_minor):
            words = {"payment_id": self.payment_of(order), "amount_minor": order.reversed_minor}
            self._fakes[order.gateway].do("reverse_capture", **words)

    def claim_coins(self) -> None:
        """Let customers claim what was offered back; only then do coins move."""
        fake = self._fakes[BTCPAY]
        offered = [
            one["refund_id"] for one in fake.do("truth")["refunds"] if float(one["paid"]) == 0
        ]
        for refund_id in offered:
            fake.do("pay_refund_out", refund_id=refund_id)

    def pay_out(self) -> None:
        """Let every gateway that does send its balance to the bank."""
        for name, fake in self._fakes.items():
            if TERMS[name].pays_out:
                fake.do("pay_out_all")

    def payment_of(self, order: Order) -> str:
        """Return the payment that took an order's money, as one finds it in a dashboard."""
        paid = self._fakes[order.gateway].truth().paid(order.order_id)
        if not paid:
            raise Trouble(f"{order.gateway} has no payment of {order.order_id}")
        return paid[0].payment_id
