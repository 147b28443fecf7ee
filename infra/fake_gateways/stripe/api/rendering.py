"""Objects as an API version shows them, and with what a caller requested expanded.

`charges` stand in a payment intent and `refunds` in a charge until 2022-11-15; the newest charge is
named since. Refunds and disputes name their payment intent only since 2019.
"""

from collections.abc import Callable
from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.api.errors import Refusal
from infra.fake_gateways.stripe.store import Store

Show = Callable[[Store, Body, str], None]

LISTS_UNTIL = "2022-11-15"
PAYMENT_SINCE = "2019"
ASYNC_CAPTURE_SINCE = "2024-04-10"


def shown(store: Store, body: Body, version: str) -> Body:
    """Return an object as a version of the API shows it."""
    picture = dict(body)
    show = _SHOWN.get(body["object"])
    if show:
        show(store, picture, version)
    return picture


def _payment_intent(store: Store, picture: Body, version: str) -> None:
    if version >= LISTS_UNTIL:
        return
    del picture["latest_charge"]
    charges = [shown(store, one, version) for one in store.parts("charge", picture["id"])]
    picture["charges"] = _listed(charges, f"/v1/charges?payment_intent={picture['id']}")
    picture["invoice"] = None
    if picture["capture_method"] == "automatic_async":
        picture["capture_method"] = "automatic"


def _charge(store: Store, picture: Body, version: str) -> None:
    if version >= LISTS_UNTIL:
        return
    picture |= {"invoice": None, "order": None, "refunds": _refunds(store, picture, version)}


def _refunds(store: Store, charge: Body, version: str) -> Body:
    rows = [shown(store, one, version) for one in reversed(store.parts("refund", charge["id"]))]
    return _listed(rows, f"/v1/charges/{charge['id']}/refunds")


def _listed(rows: list[Body], url: str) -> Body:
    listed = {"object": "list", "data": rows, "has_more": False, "url": url}
    return listed | {"total_count": len(rows)}


def _of_payment(store: Store, picture: Body, version: str) -> None:
    if version < PAYMENT_SINCE:
        del picture["payment_intent"]


def _balance_transaction(store: Store, picture: Body, version: str) -> None:
    if picture["available_on"] <= store.now_s():
        picture["status"] = "available"


_SHOWN: dict[str, Show] = {
    "payment_intent": _payment_intent,
    "charge": _charge,
    "refund": _of_payment,
    "dispute": _of_payment,
    "balance_transaction": _balance_transaction,
}


def expanded(store: Store, picture: Body, paths: Any, version: str) -> Body:
    """Put objects in the place of their ids along each path, such as `data.source`."""
    if not isinstance(paths, list):
        raise Refusal("Invalid array", param="expand")
    for path in paths:
        _expand(store, picture, str(path).split("."), version)
    return picture


def _expand(store: Store, picture: Body, path: list[str], version: str) -> None:
    name, *rest = path
    if name not in picture and name != "refunds":
        raise Refusal(f"This property cannot be expanded ({name}).", param="expand")
    inner = picture.get(name)
    if name == "refunds" and inner is None:
        inner = _refunds(store, picture, version)
    if isinstance(inner, str):
        found = store.objects.get(inner)
        inner = shown(store, found, version) if found else inner
    elif isinstance(inner, dict):
        inner = dict(inner)
    elif isinstance(inner, list):
        inner = [dict(one) for one in inner]
    picture[name] = inner
    for one in inner if isinstance(inner, list) else [inner]:
        if rest and isinstance(one, dict):
            _expand(store, one, rest, version)
