"""Money: integer minor units and an ISO 4217 currency; alone knows how many decimals there are."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from pydantic import Field, StrictInt

from kassa.core.model import Model

# ISO 4217, list one (amendment 177); every other code has two. CLDR differs for thirteen of them.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
MINOR_DIGITS = {
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
    **dict.fromkeys(_FOUR.split(), 4),
}

# Every currency of that list that customers pay in; funds, metals and test codes are left out.
_IN_USE = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST
XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_IN_USE.split())
_NOT_PAID_IN = """
BOV CHE CHW COU MXV USN XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX
"""
EVERY_CURRENCY = CURRENCIES | frozenset(_NOT_PAID_IN.split())


class Money(Model):
    """An amount in one currency, in minor units, so nothing is ever rounded by accident."""

    amount_minor: StrictInt
    currency: str = Field(pattern=r"^[A-Z]{3}$")  # ISO 4217


NO_MONEY = Money(amount_minor=0, currency="XXX")  # ISO 4217's code where no currency is involved


class Sums:
    """Amounts added up by currency: what is of two currencies stays two sums.

    There is no way to read a sum without naming its currency, so two never add up.
    """

    def __init__(self, amounts: Iterable[Money] = ()) -> None:
        self._minor: Counter[str] = Counter()
        for money in amounts:
            self._minor[money.currency] += money.amount_minor

    def of(self, currency: str | None) -> int:
        """Return the sum in one currency, in minor units; nothing was added in none."""
        return self._minor[currency] if currency else 0

    @property
    def is_above_zero(self) -> bool:
        """Whether the sum in any currency is above zero."""
        return any(minor > 0 for minor in self._minor.values())


def minor_digits(currency: str) -> int:
    """Return how many decimals an ISO 4217 currency has."""
    return MINOR_DIGITS.get(currency, 2)


def spelled(money: Money) -> str:
    """Return an amount as nobody misreads it: 199.00 EUR (19900 minor units)."""
    return f"{to_decimal(money):f} {money.currency} ({money.amount_minor} minor units)"


def to_decimal(money: Money) -> Decimal:
    """Return the amount in major units, exactly; for people and documents, never for sums."""
    return Decimal(money.amount_minor).scaleb(-minor_digits(money.currency))
