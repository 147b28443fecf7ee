"""Numbers that carry a check digit, as their issuers define it; python-stdnum knows them.

What has no check digit, or is of an issuer that isn't known here, is taken as it is.
"""

from collections.abc import Callable

from stdnum import ean, iban, iso11649, lei
from stdnum.be import vat as belgian_vat
from stdnum.de import leitweg
from stdnum.dk import cvr
from stdnum.eu import vat
from stdnum.fi import ytunnus
from stdnum.fr import siren, siret
from stdnum.jp import cn
from stdnum.no import orgnr as norwegian_number
from stdnum.se import orgnr as swedish_number

from kassa.billing.einvoice.codes import VAT_PREFIXES

_EU_MEMBERS = {member.upper() for member in vat.MEMBER_STATES} | {"EL"}


def has_vat_prefix(number: str) -> bool:
    """Tell a VAT number, which begins with a country (BR-CO-09)."""
    return len(number) > 2 and number[:2] in VAT_PREFIXES


def is_vat_number(number: str) -> bool:
    """Check a VAT number of a country of the EU; others are taken as they are."""
    return number[:2] not in _EU_MEMBERS or bool(vat.is_valid(number))


def is_iban(number: str) -> bool:
    """Check an IBAN: its country, length and check digits."""
    return bool(iban.is_valid(number))


def looks_like_iban(account: str) -> bool:
    """Tell what somebody means as an IBAN, right or wrong: two letters, two digits, enough more."""
    number = account.replace(" ", "")
    return number[:2].isalpha() and number[2:4].isdecimal() and len(number) >= 15


def is_finnish_reference(number: str) -> bool:
    """Check a Finnish reference number: weights 7, 3, 1 from the right, without its last digit."""
    digits = number.replace(" ", "")
    if not (digits.isascii() and digits.isdecimal() and 4 <= len(digits) <= 20):
        return False
    pairs = enumerate(reversed(digits[:-1]))
    total = sum(int(digit) * (7, 3, 1)[at % 3] for at, digit in pairs)
    return int(digits[-1]) == -total % 10


def is_reference(remittance: str) -> bool:
    """Check a creditor reference of ISO 11649 (RF…); other texts are taken as they are."""
    return not remittance.startswith("RF") or bool(iso11649.is_valid(remittance))


def is_finnish_registration(number: str) -> bool:
    """Check a Finnish business id, with its hyphen or without."""
    return bool(ytunnus.is_valid(number))


def _is_finnish_address(value: str) -> bool:
    """Check an OVT: 0037, a business id, and up to five characters of the organisation's own."""
    return value[:4] == "0037" and is_finnish_registration(value[4:12]) and len(value) <= 17


_SCHEMES: dict[str, Callable[[str], bool]] = {
    "0002": siren.is_valid,
    "0007": swedish_number.is_valid,
    "0009": siret.is_valid,
    "0037": lambda value: is_finnish_registration(value.removeprefix("0037")[:8]),
    "0088": lambda value: len(value) == 13 and ean.is_valid(value),
    "0184": lambda value: cvr.is_valid(value.removeprefix("DK")),
    "0188": cn.is_valid,
    "0192": norwegian_number.is_valid,
    "0199": lei.is_valid,
    "0204": leitweg.is_valid,
    "0208": belgian_vat.is_valid,
    "0212": is_finnish_registration,
    "0213": vat.is_valid,
    "0216": _is_finnish_address,
    "9930": vat.is_valid,
}


def is_of_scheme(scheme: str, value: str) -> bool:
    """Check a number of ISO 6523 or EAS; schemes that aren't known here are taken as they are."""
    check = _SCHEMES.get(scheme)
    return check is None or bool(check(value))
