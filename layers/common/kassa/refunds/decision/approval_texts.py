"""The text for a customer who is given back lines of their order, in their language.

Nobody sends it: it is shown to whoever approves, to be copied.
"""

from kassa.core.money import Money
from kassa.refunds.decision.rejection import CustomerText, spelled, spoken
from kassa.refunds.request.chosen_lines import ChosenLines

APPROVALS = {
    "en": "We refund {amount} for order {order}: {lines}.",
    "ja": "ご注文 {order} について {amount} を返金いたします（{lines}）。",
    "zh-Hant": "我們將為訂單 {order} 退款 {amount}：{lines}。",
    "th": "เราจะคืนเงิน {amount} สำหรับคำสั่งซื้อ {order}: {lines}",
    "fi": "Palautamme {amount} tilauksesta {order}: {lines}.",
    "ru": "Мы возвращаем {amount} по заказу {order}: {lines}.",
}
_BETWEEN = {"ja": "、", "zh-Hant": "、"}


def approval_text(
    chosen: ChosenLines, currency: str, order: str, language: str | None
) -> CustomerText:
    """Say which lines are given back and what they come to; without a language, in English."""
    known = spoken(language)
    amount = Money(amount_minor=chosen.amount_minor, currency=currency)
    named = [f"{one.quantity} × {one.name}" for one in chosen.lines]
    text = APPROVALS[known].format(
        amount=spelled(amount, known), order=order, lines=_BETWEEN.get(known, ", ").join(named)
    )
    return CustomerText(language=known, text=text)
