"""What happens at Klarna without a call of its API: customers pay, people click, banks decide."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.pages import Page
from infra.fake_gateways.klarna import disputes, orders, pages, settlements
from infra.fake_gateways.klarna.account import Account
from infra.fake_gateways.klarna.errors import bad_value


class Scenario:
    """The acts of everybody but the API's caller."""

    ACTS = (
        *("finish_checkout", "sell", "capture_in_dashboard", "refund_in_dashboard", "fail_refund"),
        *("open_dispute", "close_dispute", "reverse", "decide_fraud", "pay_out_all", "truth"),
        "run_due",
    )

    def __init__(self, account: Account) -> None:
        """Act on this account."""
        self.account = account
        self.sale_url: str | None = None  # where a page of somebody's own making calls back to

    def page(self, checkout_id: str) -> Page | None:
        """Return a payment page as its customer sees it."""
        page = self.account.pages.get(checkout_id)
        if page is None:
            return None
        session, urls = self.account.sessions[page["payment_session"]], page["merchant_urls"]
        return Page(
            "Klarna",
            str(session.get("merchant_reference1") or checkout_id),
            session["order_amount"],
            session["purchase_currency"],
            page["status"] in ("WAITING", "IN_PROGRESS"),
            urls.get("success", ""),
            urls.get("cancel", ""),
        )

    def finish_checkout(self, checkout_id: str, outcome: str) -> Body:
        """A customer pays on a page, is declined, or comes too late."""
        return pages.finish(self.account, checkout_id, outcome)

    def sell(
        self,
        order_id: str,
        amount_minor: int,
        currency: str = "EUR",
        outcome: str = "paid",
        mode: str = "CAPTURE_ORDER",
    ) -> Body:
        """Somebody pays on a page that Kassa didn't open; it calls back if it knows where.

        In mode `PLACE_ORDER` nothing is captured yet.
        """
        line = {"name": "Goods", "quantity": 1, "unit_price": amount_minor}
        params = {
            "purchase_country": "FI",
            "purchase_currency": currency,
            "locale": "fi-FI",
            "order_amount": amount_minor,
            "order_lines": [line | {"total_amount": amount_minor}],
            "merchant_reference1": order_id,
        }
        session = pages.create_session(self.account, "", params)
        page = pages.create_page(
            self.account,
            "",
            {
                "payment_session_url": f"/payments/v1/sessions/{session['session_id']}",
                "options": {"place_order_mode": mode},
                "merchant_urls": {"status_update": self.sale_url} if self.sale_url else {},
            },
        )
        paid = pages.finish(self.account, page["session_id"], outcome)
        return {"payment_id": paid["order_id"], "checkout_id": page["session_id"]}

    def capture_in_dashboard(self, payment_id: str, amount_minor: int) -> Body:
        """Somebody captures by hand."""
        made = orders.capture(self.account, payment_id, {"captured_amount": amount_minor})
        return {"capture_id": made["capture_id"]}

    def refund_in_dashboard(self, payment_id: str, amount_minor: int) -> Body:
        """Somebody refunds by hand: no reference, and Klarna notifies nobody until it settles."""
        made = orders.refund(self.account, payment_id, {"refunded_amount": amount_minor})
        return {"refund_id": made["refund_id"]}

    def fail_refund(self, refund_id: str) -> Body:
        """Refuse: a refund of Klarna's is final once it is made."""
        raise ValueError("Klarna's refunds don't fail later")

    def open_dispute(self, payment_id: str, amount_minor: int | None = None) -> Body:
        """A customer questions an order."""
        return disputes.open_dispute(self.account, payment_id, amount_minor)

    def close_dispute(self, dispute_id: str, outcome: str, returned_minor: int = 0) -> Body:
        """A dispute is won or lost; of what is lost a part may come back."""
        return disputes.close_dispute(self.account, dispute_id, outcome, returned_minor)

    def reverse(self, payment_id: str, amount_minor: int) -> Body:
        """Klarna takes money of an order back without naming a dispute."""
        order = self.account.order(payment_id)
        if not 0 < amount_minor <= order["captured_amount"] - order["refunded_amount"]:
            raise bad_value("amount_minor", "more than is left")
        settlements.reversed_alone(self.account, order, amount_minor)
        return {"payment_id": payment_id}

    def decide_fraud(self, order_id: str, fraud_status: str) -> Body:
        """Klarna accepts or rejects an order that it held back."""
        return pages.decide_fraud(self.account, order_id, fraud_status)

    def pay_out_all(self) -> Body:
        """Klarna sends everything that wasn't paid out yet."""
        return settlements.pay_out_all(self.account)

    def truth(self) -> Body:
        """Report how everything stands, for whoever wants to compare."""
        payments, refunds = {}, []
        for order_id, order in self.account.orders.items():
            payments[order_id] = {
                "order_id": order.get("merchant_reference1"),
                "amount_minor": order["order_amount"],
                "currency": order["purchase_currency"],
                "captured_minor": order["captured_amount"],
                "refunded_minor": order["refunded_amount"],
            }
            refunds += [one | {"payment_id": order_id} for one in order["refunds"]]
        balances = settlements.balances(self.account)
        return {"balance_minor": balances, "payments": payments, "refunds": refunds}

    def run_due(self) -> int:
        """Do what Klarna does by itself and is due."""
        return self.account.schedule.run_due()
