"""Whatever is asked of the fake Stripe, it answers as Stripe would, and its books stay whole."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from infra.fake_gateways.stripe.api.errors import Refusal
from infra.fake_gateways.stripe.api.routes import ROUTES
from tests.support.fake_stripe import KEY, START_S, Scene

PARAMS = sorted({param for route in ROUTES.values() for param in route.known})
LEAVES = st.sampled_from(["", "1", "-1", "100", "eur", "true", "card", "pm_card_visa", "x" * 600])
NAMES = st.sampled_from([*PARAMS, "number", "gte", "0", "enabled", "token"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)


@given(
    pattern=st.sampled_from(sorted(ROUTES)),
    form=st.dictionaries(st.sampled_from(PARAMS), VALUES, max_size=5),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_request_breaks_it(pattern: tuple[str, ...], form: dict[str, Any]) -> None:
    scene = Scene()
    scene.fake.account.new_id = lambda prefix: f"{prefix}_{len(scene.fake.account.objects)}"
    payment = scene.fake.request(
        "POST",
        "/v1/payment_intents",
        {"amount": 100_00, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True},
        KEY,
    ).body
    method, *path = pattern
    found = {payment["id"]: "payment_intents", payment["latest_charge"]: "charges"}
    object_id = next((one for one, kind in found.items() if kind == path[0]), "x_1")
    url = "/v1/" + "/".join(object_id if part == "*" else part for part in path)

    answer = scene.fake.request(method, url, form, KEY)

    assert answer.status in (200, 400, 402, 404)
    assert ("error" in answer.body) == (answer.status != 200)


class Lifecycle(RuleBasedStateMachine):
    """Payments, refunds, disputes and time in any order, Stripe's own limits on."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene(refunds_begin="pending", settle_after_s=3600.0, trace_after_s=60.0)
        self.charges: list[str] = []

    def send(self, path: str, **form: Any) -> Any:
        return self.scene.fake.request("POST", path, form, KEY).body

    def one(self, kind: str, number: int) -> str:
        ids = list(self.scene.fake.account.kinds[kind])
        return ids[number % len(ids)] if ids else "none"

    def act(self, name: str, *args: Any) -> None:
        try:
            getattr(self.scene.fake, name)(*args)
        except Refusal:
            return  # it can't be done now, which is an answer

    @rule(amount=st.integers(1_00, 100_00), is_manual=st.booleans())
    def pay(self, amount: int, is_manual: bool) -> None:
        fields = {"capture_method": "manual"} if is_manual else {}
        card = {"payment_method": "pm_card_visa", "confirm": True}
        self.send("/v1/payment_intents", amount=amount, currency="eur", **card, **fields)

    @rule(number=st.integers(0, 9), amount=st.integers(1, 100_00))
    def capture(self, number: int, amount: int) -> None:
        path = f"/v1/payment_intents/{self.one('payment_intent', number)}/capture"
        self.send(path, amount_to_capture=amount)

    @rule(number=st.integers(0, 9), amount=st.integers(1, 100_00))
    def refund(self, number: int, amount: int) -> None:
        self.send("/v1/refunds", charge=self.one("charge", number), amount=amount)

    @rule(number=st.integers(0, 9), status=st.sampled_from(["succeeded", "failed", "canceled"]))
    def settle(self, number: int, status: str) -> None:
        self.act("settle_refund", self.one("refund", number), status)

    @rule(number=st.integers(0, 9), amount=st.integers(1, 100_00))
    def dispute(self, number: int, amount: int) -> None:
        charge = self.scene.fake.account.objects.get(self.one("charge", number))
        if charge and charge["amount_captured"]:
            self.act("open_dispute", charge["id"], min(amount, charge["amount_captured"]))

    @rule(number=st.integers(0, 9), status=st.sampled_from(["won", "lost"]))
    def decide(self, number: int, status: str) -> None:
        self.act("close_dispute", self.one("dispute", number), status)

    @rule(hours=st.integers(1, 48))
    def wait(self, hours: int) -> None:
        self.scene.now_s += hours * 3600
        self.scene.fake.run_due()

    @invariant()
    def no_charge_gives_back_more_than_it_took(self) -> None:
        account = self.scene.fake.account
        for charge in account.kinds["charge"].values():
            rows = account.parts("refund", charge["id"])
            open_ones = [row for row in rows if row["status"] not in ("failed", "canceled")]
            assert charge["amount_refunded"] == sum(row["amount"] for row in open_ones)
            assert charge["amount_refunded"] <= charge["amount"]

    @invariant()
    def the_balance_is_what_the_objects_say(self) -> None:
        account = self.scene.fake.account
        rows = account.kinds["balance_transaction"].values()
        captured = sum(one["amount_captured"] for one in account.kinds["charge"].values())
        refunds = account.kinds["refund"].values()
        left = sum(
            one["amount"]
            for one in refunds
            if one["status"] == "succeeded" and one["balance_transaction"]
        )
        disputes = account.kinds["dispute"].values()
        taken = sum(one["amount"] for one in disputes if one["status"] != "won")
        assert sum(row["amount"] for row in rows) == captured - left - taken
        assert all(row["net"] == row["amount"] - row["fee"] for row in rows)

    @invariant()
    def every_event_is_later_than_the_one_before(self) -> None:
        times = [event["created"] for event in self.scene.events]
        assert times == sorted(times)
        assert all(START_S <= at <= self.scene.now_s for at in times)


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
