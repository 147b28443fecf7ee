"""Customers who owe invoices for weeks, and the clock that reminds them.

The real handlers run: `send_reminders` twice a day, `send_message` behind the bus, and
`resume_deliveries`. Invoices fall due, are paid in part and whole, promised, paused and resumed,
often in the very seconds of a run; runs are missed for days, start twice, and die at any call.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from kassa.billing.receivables.note_promise import note_promise
from kassa.billing.reminders.pause_reminders import (
    Pause,
    Whose,
    pause_reminders,
    resume_reminders,
)
from kassa.billing.reminders.policy.save_reminder_policy import save_reminder_policy
from kassa.core.errors import KassaError
from kassa.core.merchant import Merchant
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.messages.settings.message_settings import MessageSettingsDraft
from kassa.messages.settings.save_settings import save_settings
from kassa.platform.settings import settings
from tests.simulation.aws.bus import Bus, Rule
from tests.simulation.aws.lambda_runtime import Function
from tests.simulation.deliveries.world import BY, ENVIRONMENT, MINUTE_S, DeliveriesWorld
from tests.simulation.engine.faults import CALM
from tests.simulation.engine.schedule import EPOCH
from tests.support.open_invoices import issue, pay

ENVIRONMENT_OF_REMINDERS = ENVIRONMENT | {"MERCHANT_TIME_ZONE": "Europe/Helsinki"}
DAY, DAY_S, HOUR_S = timedelta(days=1), 86_400.0, 3_600.0
STORMY_DAYS, DAYS = 16, 46  # the last invoice is due on the tenth; a ladder has 21 days
RETRIES = 2  # of an invocation that nobody waits for
FEE = {"name": "recovery", "currency": "EUR", "after_days": 2, "fixed": "5.00 EUR"}
BUYER = {"name": "Some Body", "address": {"country": "FI"}}


class Held(NamedTuple):
    """From when to when nobody was to be reminded of an invoice, and why."""

    since: datetime
    until: datetime
    why: str


class Debt(NamedTuple):
    """An invoice as it was issued, and whose it is."""

    number: str
    customer_id: str
    due_on: date
    minor: int


class RemindersWorld(DeliveriesWorld):
    """Everything of one seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.bus = Bus(self.schedule, [Rule(frozenset({"ReminderDue"}), self.queues["messages"])])
        self.bus.on_published.append(self._see_fact)
        self.published: dict[str, dict[str, Any]] = {}  # by its id, every fact
        self.held: dict[str, list[Held]] = defaultdict(list)  # by number
        self._storm = self.schedule.weather
        self.debts: list[Debt] = []
        self._pauses: dict[Whose, tuple[Held, list[Debt]]] = {}  # that rule, of each
        self._remind = Function("send_reminders", self.schedule, 900.0)
        self._missed = self._drawn_absence()

    def begin(self) -> None:
        """Let customers owe, then run the clock for as long as a ladder lasts."""
        source = self.schedule.source
        self.merchant = Merchant.from_settings(settings().model_dump())
        sender = {"address": "shop@shop.example", "name": "Shop"}
        quiet = source.choice((None, {"begin": "21:00", "end": "12:30"}))
        draft = {"sender": sender, "quiet_hours": quiet}
        save_settings(MessageSettingsDraft.model_validate(draft), "main", BY, lambda: 20.0)
        interest = source.choice((None, {"annual_percent": 12}))
        document: dict[str, Any] = {"late_fees": [FEE]} | (
            {"interest": interest} if interest else {}
        )
        save_reminder_policy(document, "main", BY, lambda: 20.0)
        for number in range(source.randint(1, 3)):
            self._owe(f"customer-{number}")
        for debt in self.debts:
            self._live(debt)
        for day in range(DAYS):
            self._run_on(day)
            self.schedule.at((day + 0.5) * DAY_S, self._end_day)
        self.schedule.at(source.uniform(2.0, 12.0) * DAY_S, self.visit)
        self.schedule.at(MINUTE_S, self._tick)

    def _end_day(self) -> None:
        """Let a person bring back what died, and the next day be stormy or not.

        It never is for a week: what is published as late as that is no news, and isn't sent.
        """
        for queue in self.queues.values():
            queue.redrive()
        day, is_over = self.schedule.now_s // DAY_S, self.schedule.now_s > STORMY_DAYS * DAY_S
        is_calm = is_over or day % 4 == 2 or self.schedule.source.random() < 0.4
        self.schedule.weather = CALM._replace(is_hot=self._storm.is_hot) if is_calm else self._storm

    def _owe(self, customer_id: str) -> None:
        source = self.schedule.source
        email = {"email": f"{customer_id}@buyer.example"}
        for _ in range(source.randint(1, 3)):
            name, due = f"s{len(self.debts)}", EPOCH.date() + source.randint(1, 10) * DAY
            minor = source.choice((40_00, 100_00))
            number = issue(minor, name, customer_id=customer_id, at=EPOCH - 3 * DAY, due_on=due)
            Customers("main").keep(
                customer_id, f"order-of-{name}", Buyer.model_validate(BUYER | email)
            )
            self.debts.append(Debt(number, customer_id, due, minor))

    def _live(self, debt: Debt) -> None:
        """Draw what becomes of an invoice, if anything: often within the seconds of a run."""
        source = self.schedule.source
        for act in source.sample((self._pay_a_part, self._pay, self._promise, self._pause), 2):
            if source.random() < 0.35:
                day = source.randint(1, 25)
                self.schedule.at(self._seconds_of_a_run(day), partial(act, debt))

    def _seconds_of_a_run(self, day: int) -> float:
        source = self.schedule.source
        return day * DAY_S + source.choice((0.0, HOUR_S)) + source.uniform(-5.0, 120.0)

    def _drawn_absence(self) -> range:
        """Draw the days on which nothing runs."""
        source = self.schedule.source
        first = source.randint(1, 20)
        return range(first, first + source.choice((0, 0, 2, 6)))

    def _run_on(self, day: int) -> None:
        """Run by the clock, twice a day, and at times twice at once."""
        if day in self._missed:
            self.schedule.seen["a day's runs were missed"] += 1
            return
        for at_s in (day * DAY_S, day * DAY_S + HOUR_S):
            for _ in range(1 + (self.schedule.source.random() < 0.15)):
                self.schedule.at(at_s + 0.5, partial(self._start, RETRIES))

    def _start(self, retries: int) -> None:
        def ended(answer: Any, error: BaseException | None) -> None:
            if error is not None and retries:
                self.schedule.at(MINUTE_S, partial(self._start, retries - 1))

        self._remind.start({}, ended)

    def visit(self) -> None:
        """Let a person drive again what failed; within a minute it is tried."""
        super().visit()
        self.schedule.at(1.0, partial(self._resume.start, {}, lambda answer, error: None))

    def _tick(self) -> None:
        """Run resume_deliveries while something is due, as long as the days last."""
        if self._due_items():
            self._resume.start({}, lambda answer, error: None)
        if self._due_items() or self.schedule.now_s < DAYS * DAY_S:
            self.schedule.at(max(MINUTE_S, min(self._waiting_s(), 4 * HOUR_S)), self._tick)

    def _waiting_s(self) -> float:
        """Return how long nothing is due, also under faults: these worlds last for weeks."""
        keys = sorted(item["GSI2SK"]["S"].partition("#")[0] for item in self._due_items())
        if not keys:
            return 4 * HOUR_S
        at = datetime.fromisoformat(f"{keys[0].replace('+00:00', '')}+00:00")
        return (at - self.schedule.now()).total_seconds()

    def _see_fact(self, _: str, detail: dict[str, Any]) -> None:
        fact_id = detail["metadata"]["fact_id"]
        if self.published.setdefault(fact_id, detail) != detail:
            self.schedule.findings.append(f"{fact_id} was published in two forms")

    def _pay_a_part(self, debt: Debt) -> None:
        pay(debt.number, debt.minor // 4, f"part:{debt.number}", self.schedule.now())

    def _pay(self, debt: Debt) -> None:
        """Pay an invoice whole, and whatever being late may cost."""
        pay(debt.number, 10 * debt.minor, f"whole:{debt.number}", self.schedule.now())
        self._hold([debt], datetime.max.replace(tzinfo=EPOCH.tzinfo), "paid")

    def _promise(self, debt: Debt) -> None:
        until = self._a_day()
        try:
            note_promise(self.merchant, debt.number, (until, BY), lambda: 20.0)
        except KassaError:  # it is paid already
            return
        self._hold([debt], self._end_of(until), "promised")

    def _pause(self, debt: Debt) -> None:
        """Pause a customer, or one invoice, and often end that before its day."""
        source, until = self.schedule.source, self._a_day()
        whose = source.choice((Whose(debt.customer_id), Whose(None, debt.number)))
        its = [one for one in self.debts if one.customer_id == debt.customer_id]
        debts = its if whose.customer_id else [debt]
        pause_reminders(self.merchant, whose, Pause(until, "a call", BY), lambda: 20.0)
        self._end_pause(whose)
        self._pauses[whose] = self._hold(debts, self._end_of(until), "paused"), debts
        if source.random() < 0.3:
            self.schedule.at(source.uniform(HOUR_S, 5 * DAY_S), partial(self._resume_of, whose))

    def _resume_of(self, whose: Whose) -> None:
        resume_reminders(self.merchant, whose, BY, lambda: 20.0)
        self._end_pause(whose)

    def _end_pause(self, whose: Whose) -> None:
        """Note that the pause that ruled doesn't any more."""
        held, debts = self._pauses.pop(whose, (None, []))
        now = self.schedule.now()
        for debt in debts:
            kept = self.held[debt.number]
            if held in kept and held.until > now:
                kept[kept.index(held)] = held._replace(until=now)

    def _hold(self, debts: list[Debt], until: datetime, why: str) -> Held:
        held = Held(self.schedule.now(), until, why)
        for debt in debts:
            self.held[debt.number].append(held)
            self.schedule.seen[f"an invoice was {why} while it was owed"] += 1
        return held

    def _a_day(self) -> date:
        today = self.merchant.day_of(self.schedule.now())
        return today + self.schedule.source.choice((0, 1, 3, 8)) * DAY

    def _end_of(self, day: date) -> datetime:
        """Return the last instant before a day of the seller's is over, to the hour."""
        at = datetime.combine(day, datetime.min.time(), EPOCH.tzinfo)
        hours = (at + timedelta(hours=hour) for hour in range(48))
        return max(one for one in hours if self.merchant.day_of(one) == day)
