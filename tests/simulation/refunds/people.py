"""People who decide about refunds, by several keys each, sometimes two at the same instant."""

import random
from typing import Any

from tests.simulation.payments.world import World
from tests.simulation.refunds.cases import is_unknown
from tests.simulation.refunds.request_bodies import SHOP

PEOPLE = ("key_one", "key_two", SHOP)  # SHOP's made the requests, and may not approve them
_TRIES_MAX = 4
_ACTS = ("approve",) * 6 + ("part", "part", "reject", "ask", "claim", "hand-back")


class People:
    """They come by, look at what is escalated or just approved, and act on it."""

    def __init__(self, world: World, source: random.Random) -> None:
        self._world = world
        self._schedule = world.schedule
        self._source = source
        self._acts = 0

    def visit(self) -> None:
        """Act on every case, alone or two at once."""
        for request_id, lifecycle in list(self._world.cases.lifecycles.items()):
            if is_unknown(lifecycle) and self._source.random() < 0.3:
                self._resolve(request_id)
            elif lifecycle["state"] == "escalated":
                self._decide(request_id)
            elif lifecycle["state"] == "approved" and self._source.random() < 0.5:
                self.act(request_id, "undo", self._source.choice(PEOPLE))
            elif self._source.random() < 0.1:
                self.act(request_id, "approve", self._source.choice(PEOPLE))

    def _decide(self, request_id: str) -> None:
        act = self._source.choice(_ACTS)
        first, *others = self._source.sample(PEOPLE, len(PEOPLE))
        self.act(request_id, act, first)
        together = self._source.random()
        if together < 0.6:  # the same, at the same instant
            self.act(request_id, act, others[0])
        elif together < 0.8:
            self.act(request_id, self._source.choice(_ACTS), others[0])
            self._schedule.seen["two people decided at once"] += 1

    def _resolve(self, request_id: str) -> None:
        """Say what became of an unknown outcome, as they guess; sometimes two of them."""
        outcome = self._source.choice(("resolve-paid", "resolve-not_paid", "resolve-not_paid"))
        for person in self._source.sample(PEOPLE, self._source.choice((1, 2))):
            self.act(request_id, outcome, person)

    def act(self, request_id: str, act: str, person: str) -> None:
        """Let a person do one thing; without an answer they try again."""
        body: dict[str, Any] = {}
        if act == "part":
            requested = self._world.cases.requests[request_id]["amount"]["amount_minor"]
            body["amount_minor"] = max(1, requested // 2)
        elif act == "reject":
            body["reason"] = "too_late"
        elif act == "ask":
            body["question"] = "photo"
        action, _, outcome = act.partition("-")
        if action == "resolve":
            body |= {"outcome": outcome, "note": "as they guess"}
        action = {"part": "approve", "resolve": "resolve"}.get(action, act)
        self._acts += 1
        key_id = f"{person}.2" if self._acts % 3 == 0 else person  # another key of the same person
        self._request(f"/refunds/{request_id}/{action}", body, key_id, 1)

    def _request(self, path: str, body: dict[str, Any], person: str, tries: int) -> None:
        def on_answer(status: int, answer: dict[str, Any]) -> None:
            if status in (400, 404):
                self._schedule.findings.append(f"{path} was answered with {status}: {answer}")
            elif status == 500 and tries < _TRIES_MAX:
                again_s = self._source.uniform(5.0, 30.0)
                self._schedule.at(again_s, lambda: self._request(path, body, person, tries + 1))
            elif status == 200 and path.endswith("undo"):
                self._schedule.seen["an approval was undone"] += 1
            elif status == 200 and path.endswith("resolve"):
                self._schedule.seen[f"resolved as {body['outcome']}"] += 1

        self._world.call_api("decide_refund", path, body, person, on_answer)
