"""Who sells and who buys, as a document names them.

Terms (BT-…) are those of EN 16931-1:2017, section 6.3, the European standard of invoices.
"""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from kassa.core.model import Model, Text

_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
ISO_COUNTRIES = frozenset(_COUNTRIES.split())  # ISO 3166-1, all that are assigned
_TAKEN_TOO = {"XI", "XK"}  # as Northern Ireland and Kosovo are written

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]  # ISO 3166-1
LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]  # BCP 47
_Reference = Annotated[str, Field(min_length=1, max_length=100)]
Email = Annotated[str, Field(pattern=r"^[^\s@]{1,64}@[^\s@]{1,255}$")]


def _in_capitals(given: object) -> object:
    return given.strip().upper() if isinstance(given, str) else given


TaxId = Annotated[str, BeforeValidator(_in_capitals), Field(min_length=2, max_length=40)]


class Address(Model):
    """Where somebody is (BG-5, BG-8)."""

    lines: Annotated[tuple[Text, ...], Field(max_length=3)] = ()  # street, house, floor (BT-35 …)
    city: Text | None = None
    postal_code: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    subdivision: Text | None = None  # state, prefecture, province
    country: Country


class Endpoint(Model):
    """An electronic address (BT-34, BT-49): 0037:003712345678 or EM:jane@shop.example."""

    scheme: Annotated[str, Field(pattern=r"^[0-9A-Z]{2,4}$")]  # of the EAS code list
    value: Annotated[str, Field(min_length=1, max_length=100)]


class BankAccount(Model):
    """Where a transfer goes (BG-17): an IBAN, or a number as its bank writes it."""

    account: Annotated[str, Field(min_length=1, max_length=50)]
    name: Text | None = None  # of its holder
    bank: Text | None = None
    bic: Annotated[str, Field(pattern=r"^[A-Z0-9]{8}([A-Z0-9]{3})?$")] | None = None
    bank_code: Annotated[str, Field(pattern=r"^[0-9-]{3,12}$")] | None = None  # БИК, clearing code
    correspondent_account: Annotated[str, Field(pattern=r"^[0-9]{20}$")] | None = None  # Russia's
    proxy: Annotated[str, Field(min_length=5, max_length=254)] | None = None  # PromptPay's or FPS's


class Party(Model):
    """A seller or a buyer (BG-4, BG-7); personal data, so it stands in documents alone."""

    name: Text
    trading_name: Text | None = None
    address: Address
    tax_id: TaxId | None = None  # FI12345671, T1234567890123
    registration_id: Annotated[str, Field(min_length=1, max_length=40)] | None = None  # BT-30
    registration_scheme: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None  # ISO 6523
    endpoint: Endpoint | None = None
    email: Email | None = None
    phone: Annotated[str, Field(min_length=3, max_length=40)] | None = None
    contact: Text | None = None


class Buyer(Party):
    """Who buys, and what their books call the sale: often a person's name, so kept with them."""

    reference: _Reference | None = None  # BT-10: a Leitweg-ID, a cost centre
    purchase_order: _Reference | None = None  # BT-13

    @property
    def party(self) -> Party:
        """Return the buyer as every document names a party."""
        return Party.model_construct(**{name: getattr(self, name) for name in Party.model_fields})


def _is_somewhere(buyer: Buyer) -> Buyer:
    """Refuse a country that doesn't exist; what is stored is read, whatever it says."""
    if buyer.address.country not in ISO_COUNTRIES | _TAKEN_TOO:
        raise ValueError("address.country is no country of ISO 3166-1, such as FI")
    return buyer


SentBuyer = Annotated[Buyer, AfterValidator(_is_somewhere)]  # a buyer as they come in
