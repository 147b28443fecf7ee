"""The gateway's API as `stripe.StripeClient` shows it: look-ups and lists, with their faults."""

from collections.abc import Callable
from typing import Any

import stripe
from botocore.exceptions import BotoCoreError, ClientError

from tests.simulation.faults import POSSIBLE
from tests.simulation.gateway import Gateway
from tests.simulation.schedule import Schedule
from tests.simulation.stripe_events import Body

Rows = list[Body]
_PAGE = 7  # so that even a short list has several pages
_SILENT: Any = stripe.APIConnectionError
_UNKNOWN: Any = stripe.InvalidRequestError


class Answer(dict[str, Any]):
    """A Stripe object: a mapping that turns into a plain one."""

    def to_dict(self) -> Body:
        """Return the plain mapping."""
        return dict(self)


class GatewayApi:
    """One client of the gateway; `client.v1.charges.retrieve(…)` and its like."""

    def __init__(self, gateway: Gateway, schedule: Schedule) -> None:
        self._gateway = gateway
        self._schedule = schedule

    @property
    def v1(self) -> "GatewayApi":
        """Return the API of the first version."""
        return self

    def __getattr__(self, name: str) -> "Resource":
        if name.startswith("_"):
            raise AttributeError(name)
        return Resource(name, self._gateway, self._schedule)


class Resource:
    """One of the API's resources, such as charges."""

    def __init__(self, name: str, gateway: Gateway, schedule: Schedule) -> None:
        self._name = name
        self._gateway = gateway
        self._schedule = schedule

    def retrieve(self, object_id: str, params: Body | None = None) -> Answer:
        """Return an object as it stands now."""
        return self._asked("retrieve", lambda: self._found(object_id, params or {}))

    def list(self, params: Body) -> Answer:
        """Return a page, the newest first."""
        return self._asked("list", lambda: self._page(params))

    def _asked(self, verb: str, answer: Callable[[], Answer]) -> Answer:
        try:
            asked = f"gateway.{self._name}.{verb}"
            found: Answer = self._schedule.call(asked, answer, POSSIBLE["gateway"])
        except (ClientError, BotoCoreError) as error:
            raise _SILENT("the gateway did not answer") from error
        return found

    def _found(self, object_id: str, params: Body) -> Answer:
        body = self._gateway.objects.get(object_id)
        if body is None:
            raise _UNKNOWN("No such object", "id", http_status=404)
        shown = self._gateway.shown(body)
        if "latest_charge" in params.get("expand", ()) and shown.get("latest_charge"):
            charge = self._gateway.objects[shown["latest_charge"]]
            shown["latest_charge"] = self._gateway.shown(charge)
        return Answer(shown)

    def _page(self, params: Body) -> Answer:
        rows = list(reversed(self._rows(params)))
        after = params.get("starting_after")
        if after:
            at = next(n for n, row in enumerate(rows) if row["id"] == after)
            rows = rows[at + 1 :]
        limit = min(params["limit"], _PAGE)
        return Answer(object="list", data=rows[:limit], has_more=len(rows) > limit)

    def _rows(self, params: Body) -> Rows:
        if self._name == "refunds":
            by = "charge" if "charge" in params else "payment_intent"
            refunds = [b for b in self._gateway.objects.values() if b["object"] == "refund"]
            return [self._gateway.shown(b) for b in refunds if b[by] == params[by]]
        created = params.get("created", {})
        earliest, before = created.get("gte", 0), created.get("lt", 2**40)
        return [
            self._expanded(movement)
            for movement in self._gateway.movements
            if earliest <= movement["created"] < before
        ]

    def _expanded(self, movement: Body) -> Body:
        source = self._gateway.objects[movement["source"]]
        return movement | {"source": self._gateway.shown(source)}
