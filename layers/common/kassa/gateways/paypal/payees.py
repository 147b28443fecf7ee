"""Whose an object is: a platform's webhooks tell of the payments of all its merchants."""

from kassa.gateways.parsing import Body, part, parts, word

ANOTHERS = "kassa.of_another"  # marks an answer about what isn't the account's


def is_of_another(body: Body, merchant_id: str | None) -> bool:
    """Tell whether an object names merchants and the account's own isn't among them.

    An account whose secret names no merchant id takes everything for its own.
    """
    named = _merchants(body) | {
        one for name in ("reversal", "charge") for one in _merchants(part(body, name))
    }
    return merchant_id is not None and bool(named) and merchant_id not in named


def _merchants(body: Body) -> set[str]:
    """Return who was paid; of a refund, who paid it; of a dispute, who sold."""
    units = [part(one, "payee") for one in [body, *parts(body, "purchase_units")]]
    sellers = [part(one, "seller") for one in parts(body, "disputed_transactions")]
    found = (word(one.get("merchant_id")) for one in (*units, *sellers, part(body, "payer")))
    return {one for one in found if one}
