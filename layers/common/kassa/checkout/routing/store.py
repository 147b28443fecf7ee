"""Routes in the table: every version that was ever saved, none ever changed; the newest rules."""

import json
from collections.abc import Iterator
from itertools import islice

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.checkout.routing.routes import Route, Routes, default_routes
from kassa.core import stored
from kassa.core.errors import UnreadableItem
from kassa.orders import keys as order_keys
from kassa.platform import table
from kassa.platform.settings import settings
from kassa.platform.telemetry import leave_out

LISTED_MAX = 100


class SavedRoutes:
    """One merchant's routes."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def newest(self) -> Routes | None:
        """Return the version saved last, if there is any."""
        found = table.newest(order_keys.routes(self._merchant_id, 0).PK)
        return _routes(found) if found else None

    def listed(self) -> list[Routes]:
        """Return the newest hundred versions, newest first."""
        found = table.newest_first(order_keys.routes(self._merchant_id, 0).PK)
        return [_routes(item) for item in islice(found, LISTED_MAX)]

    def ruling(self) -> Routes:
        """Return the routes that rule; without any, the gateway accounts in their order."""
        newest = self.newest()
        return newest if newest and newest.routes else default_routes(settings().gateway_accounts)

    def save(self, routes: Routes, by: Actor) -> None:
        """Keep routes under their version; raise StaleWrite when another took that number."""
        key = order_keys.routes(self._merchant_id, routes.version)
        attributes = {"version": routes.version, "document": routes.model_dump_json()}
        put = table.putting(key._asdict() | attributes)
        act = Act(
            operation="routes.save",
            object_id=f"routes/{self._merchant_id}",
            by=by,
            before=str(routes.version - 1) if routes.version > 1 else None,
            after=str(routes.version),
        )
        audit_trail.save_version([{"Put": put}], act, "the routes")


def _routes(item: table.Item) -> Routes:
    """Read routes; a single one that only a newer release can read is left out."""
    try:
        return stored.read_text(Routes, item["document"])
    except UnreadableItem:
        document = json.loads(item["document"])
    return stored.read(Routes, document | {"routes": list(_readable(document["routes"]))})


def _readable(routes: list[dict[str, object]]) -> Iterator[Route]:
    for route in routes:
        try:
            yield stored.read(Route, route)
        except UnreadableItem as error:
            leave_out(error, gateway=str(route.get("gateway")))
