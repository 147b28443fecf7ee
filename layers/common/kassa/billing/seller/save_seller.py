"""Save the seller's profile as its next version; no version is ever changed."""

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.billing.einvoice.checks import refused
from kassa.billing.seller.checks import MISTYPED, SellerWarning, seller_problems
from kassa.billing.seller.profile import SellerDraft, SellerProfile
from kassa.billing.seller.store import Sellers
from kassa.core import stored
from kassa.core.model import Model
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger

RESERVE_S = 1.0  # kept back for answering


class SavedSeller(Model):
    """The version that says what was sent, and what electronic invoices will lack."""

    is_new: bool  # no: the newest version said the same already, and nothing was written
    profile: SellerProfile
    warnings: tuple[SellerWarning, ...] = ()


def save_seller(
    draft: SellerDraft, merchant_id: str, by: Actor, time_left_s: TimeLeft
) -> SavedSeller:
    """Save what a person wrote of the seller; the documents made from now on say it.

    Raises EinvoiceRefused, with all of it, where a number or a code is mistyped.
    """
    found = seller_problems(draft)
    if mistyped := [one for one in found if one.rule in MISTYPED]:
        raise refused(mistyped)
    warnings = tuple(SellerWarning(**one._asdict()) for one in found)
    saved = retry_on_conflict(lambda: _saved(draft, merchant_id, by), time_left_s, RESERVE_S)
    rules = [one.rule for one in warnings]
    logger.info("seller saved", version=saved.profile.version, is_new=saved.is_new, rules=rules)
    return saved.model_copy(update={"warnings": warnings})


def _saved(draft: SellerDraft, merchant_id: str, by: Actor) -> SavedSeller:
    sellers = Sellers(merchant_id)
    newest = sellers.newest()
    if newest and _says(newest, draft):
        return SavedSeller(is_new=False, profile=newest)
    version = newest.version + 1 if newest else 1
    profile = SellerProfile(version=version, saved_at=clock.now(), **dict(draft))
    act = Act(
        operation="seller.save",
        object_id=f"seller/{merchant_id}",
        by=by,
        before=str(newest.version) if newest else None,
        after=str(version),
    )
    audit_trail.save_version(sellers.puts(profile), act, "the seller's profile")
    return SavedSeller(is_new=True, profile=profile)


def _says(newest: SellerProfile, draft: SellerDraft) -> bool:
    """Tell whether saving would only repeat the newest version, as a repeated request does."""
    if stored.has_unknown(newest):
        return False
    return all(getattr(newest, name) == getattr(draft, name) for name in SellerDraft.model_fields)
