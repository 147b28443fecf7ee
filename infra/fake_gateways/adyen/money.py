"""Adyen's amounts: which currencies it takes, and in which units.

Source: Adyen's documentation, "Currency codes and minor units".
"""

from infra.fake_gateways.kit import iso4217

_TWO = (
    "AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CHF "
    "CLP CNH CNY COP CRC CUP CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD "
    "HNL HTG HUF ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR MAD MDL MKD MMK MNT MOP MRU MUR "
    "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD "
    "SCR SEK SGD SHP SLE SOS SRD STN SVC SZL THB TOP TRY TTD TWD TZS UAH USD UYU UZS VEF WST XCD "
    "YER ZAR ZMW"
)
_NONE = "CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
}


def value_of(amount_minor: int, currency: str) -> int:
    """Return a control's amount as Adyen counts it."""
    return iso4217.to_own(amount_minor, currency, DECIMALS[currency])


def whole(value: int, currency: str) -> int:
    """Return an amount without what no bank can move, such as hundredths of a króna."""
    step: int = 10 ** max(0, DECIMALS[currency] - iso4217.digits(currency))
    return value - value % step


def minor_of(value: int, currency: str) -> int:
    """Return an amount of Adyen's as the controls report it."""
    return iso4217.to_minor(value, currency, DECIMALS[currency])
