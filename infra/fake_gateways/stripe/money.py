"""Stripe's amounts: which currencies it takes, in which units, and how little or how much.

Source: Stripe's documentation, "Supported currencies". Integers only; rates are fractions.
"""

from fractions import Fraction

from infra.fake_gateways.kit import iso4217
from infra.fake_gateways.stripe.api.errors import Refusal

_ZERO = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_THREE = "bhd jod kwd omr tnd"
_TWO = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad "
    "cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl "
    "htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur "
    "mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd "
    "scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd xcg "
    "yer zar zmw"
)
ZERO_DECIMAL = frozenset(_ZERO.split())  # in whole units
THREE_DECIMAL = frozenset(_THREE.split())  # the last digit must be zero
WHOLE_ONLY = frozenset(("isk", "ugx"))  # two decimals that must be zero
TWO_DECIMAL = frozenset(_TWO.split())
KNOWN = ZERO_DECIMAL | THREE_DECIMAL | WHOLE_ONLY | TWO_DECIMAL
AMOUNT_MAX = 99_999_999
AMOUNT_MIN = {
    **dict.fromkeys(("usd", "eur", "cad", "aud", "chf", "nzd", "sgd", "brl"), 50),
    **{"gbp": 30, "jpy": 50, "hkd": 400, "mxn": 1000, "dkk": 250, "nok": 300, "sek": 300},
    **{"thb": 1000, "pln": 200, "ron": 200, "czk": 1500, "huf": 17500, "aed": 200, "myr": 200},
}


def digits(currency: str) -> int:
    """Return how many decimals Stripe counts a currency with."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def own_amount(amount_minor: int, currency: str) -> int:
    """Return a control's amount, in ISO 4217's minor units, as Stripe counts it."""
    return iso4217.to_own(amount_minor, currency, digits(currency))


def minor_amount(amount: int, currency: str) -> int:
    """Return an amount of Stripe's as the controls report it."""
    return iso4217.to_minor(amount, currency, digits(currency))


def known_currency(value: str) -> str:
    """Return a currency in Stripe's spelling, or refuse it."""
    currency = value.lower()
    if currency not in KNOWN:
        raise Refusal(f"Invalid currency: {value}.", param="currency")
    return currency


def check_charged(amount: int, currency: str) -> None:
    """Refuse what is too little or too much to be charged, and fractions that don't exist."""
    if amount > AMOUNT_MAX:
        most = written(AMOUNT_MAX, currency)
        raise Refusal(f"Amount must be no more than {most}", "amount_too_large", "amount")
    if amount < AMOUNT_MIN.get(currency, 1):
        least = written(AMOUNT_MIN[currency], currency)
        raise Refusal(f"Amount must be at least {least}", "amount_too_small", "amount")
    check_fraction(amount, currency)


def check_fraction(amount: int, currency: str) -> None:
    """Refuse a fraction that a currency doesn't have at Stripe."""
    if currency in THREE_DECIMAL and amount % 10:
        raise Refusal("Amounts in this currency must end in 0.", "invalid_charge_amount", "amount")
    if currency in WHOLE_ONLY and amount % 100:
        raise Refusal("Amounts in this currency must be whole.", "invalid_charge_amount", "amount")


def written(amount: int, currency: str) -> str:
    """Write an amount as Stripe does in messages."""
    places = digits(currency)
    whole, rest = divmod(amount, 10**places)
    number = f"{whole}.{rest:0{places}d}" if places else str(whole)
    return f"${number}" if currency == "usd" else f"{number} {currency}"


def exchanged(amount: int, rate: Fraction, currency: str, into: str) -> int:
    """Convert minor units by a rate of whole units, rounding half away from zero."""
    exact = abs(amount) * rate * Fraction(10) ** (digits(into) - digits(currency))
    rounded = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return rounded if amount >= 0 else -rounded
