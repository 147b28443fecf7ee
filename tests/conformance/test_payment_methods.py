"""Ways to pay that gateways enumerate themselves are all known, or other on purpose."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

from stripe import Charge

from kassa.gateways.payment_methods import PaidMethod
from kassa.gateways.paypal import parsing as paypal
from kassa.gateways.stripe import parsing as stripe
from tests.conformance.conftest import PAYLOADS, skip_without_payloads


def schemas(*path: str) -> dict[str, Any]:
    skip_without_payloads()
    found: dict[str, Any] = json.loads(Path(PAYLOADS, *path).read_text())["components"]["schemas"]
    return found


def strange(types: set[str]) -> set[str]:
    return {one for one in types if stripe.paid_with({"type": one}).method is PaidMethod.OTHER}


def test_every_type_of_stripes_description_is_known() -> None:
    described = schemas("stripe", "openapi", "spec3.json")
    types = set(described["payment_method_details"]["properties"]) - {"type"}
    types |= set(described["payment_method"]["properties"]["type"]["enum"])

    assert len(types) > 25
    assert strange(types) == {"stripe_account"}  # one account pays another


def test_every_wallet_of_stripes_description_is_a_wallet() -> None:
    described = schemas("stripe", "openapi", "spec3.json")["payment_method_details_card_wallet"]
    for wallet in described["properties"]["type"]["enum"]:
        details = {"type": "card", "card": {"wallet": {"type": wallet}}}
        assert stripe.paid_with(details).method is PaidMethod.WALLET, wallet


def test_every_type_that_stripes_client_enumerates_is_known() -> None:
    source = Path(inspect.getfile(Charge)).read_text().partition("class PaymentMethodDetails(")[2]
    details = source.partition("\n    class ")[0]
    named = re.findall(r"^        (\w+): Optional\[[A-Z]\w+\]$", details, re.MULTILINE)

    assert {"card", "klarna", "us_bank_account"} <= set(named)
    assert strange(set(named)) == {"stripe_account"}


def test_every_source_and_network_of_paypals_description_is_known() -> None:
    described = schemas("paypal", "openapi", "checkout_orders_v2.json")
    for source in described["payment_source_response"]["properties"]:
        assert paypal.of_source({source: {}}).method is not PaidMethod.OTHER, source
    for network in described["card_brand"]["enum"]:
        found = paypal.of_source({"card": {"brand": network}})
        assert found.method is PaidMethod.CARD, network
