"""The routes of who sells: its name, numbers and accounts, and how its documents look.

Finance saves it as it saves policies, so the function that saves those has both routes.
"""

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.audit.trail import Actor
from kassa.billing.seller.profile import SellerDraft, SellerProfile
from kassa.billing.seller.save_seller import SavedSeller, save_seller
from kassa.billing.seller.store import find_seller
from kassa.core.errors import SellerNotFound
from kassa.core.merchant import Merchant
from kassa.http_api.api import NOT_FOUND, OK, caller
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]


@routes.get(
    "/seller",
    operation_id="getSeller",
    summary="Who sells",
    responses=OK | NOT_FOUND,
)
def get_seller() -> SellerProfile:
    """Return the profile saved last; version 0 is what the stack's settings say."""
    merchant = Merchant.from_settings(settings().model_dump())
    if found := find_seller(merchant):
        return found
    raise SellerNotFound("nobody said who sells: PUT /seller does, or MerchantCountry")


@routes.put(
    "/seller",
    operation_id="saveSeller",
    summary="Save who sells",
    responses=OK,
)
def put_seller(draft: SellerDraft) -> SavedSeller:
    """Save who sells as the next version; `warnings` say what its electronic invoices lack."""
    by, left_s = Actor.of(caller(routes)), time_left_s(routes.lambda_context)
    return save_seller(draft, settings().merchant_id, by, left_s)
