"""BTCPay's coins in our words.

From `currency` and `paymentMethodId` of an invoice's payment methods: "BTC", "BTC-CHAIN",
"BTC-LN"; before 2.0 "BTC-LightningNetwork".
"""

from collections.abc import Iterable

from kassa.gateways.payment_methods import Means, PaidMethod, means

SPELLINGS = {"bitcoin": "btc", "litecoin": "ltc", "monero": "xmr"}


def paid_with(coins: Iterable[str]) -> Means:
    """Return crypto, and the coin where all that came in is of one."""
    brands = {means(coin, SPELLINGS).brand for coin in coins}
    return Means(PaidMethod.CRYPTO, brands.pop() if len(brands) == 1 else None)
