"""Who wants numbers: captures, credit notes, receipts; who voids them; eight workers for all."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.audit.trail import Actor
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.invoices.generate_invoice import generate_invoice
from kassa.billing.numbering.issue_document import issue_document, store_documents
from kassa.billing.numbering.record import Statement, content_digest
from kassa.billing.numbering.void_document import void_document
from kassa.core.errors import Conflict
from kassa.ledger.facts import LedgerFact, PaymentCaptured
from tests.simulation.aws.bucket import Bucket
from tests.simulation.aws.bus import Bus
from tests.simulation.aws.lambda_runtime import note_breakage
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store
from tests.simulation.engine.faults import CALM, drawn_weather
from tests.simulation.engine.schedule import Schedule
from tests.simulation.numbering import earlier_release, later, owed
from tests.support.facts import SHOP

TABLE, WORKERS, TIMEOUT_S, AGAIN_S = "payments", 8, 60.0, 5.0
SKEW_S = 2.0  # how far a worker's clock may be off
ENVIRONMENT = {"TABLE_NAME": TABLE, "BUCKET_NAME": "bucket", "STACK_NAME": "kassa"}
ENVIRONMENT |= {"BUS_NAME": "kassa"}
_ZONES = ("UTC", "Asia/Tokyo", "America/New_York", "Pacific/Auckland")
_KINDS = (DocumentKind.CREDIT_NOTE, DocumentKind.RECEIPT)


class Job(NamedTuple):
    """Something that a worker does, again until it is done."""

    name: str
    run: Callable[[], Any]


class NumberingWorld:
    """Everything of one seed."""

    def __init__(self, seed: int) -> None:
        self.schedule = Schedule(seed, CALM)
        source = self.schedule.source
        self.schedule.weather = drawn_weather(source)
        self.store = Store({TABLE: PAYMENTS_TABLE}, lambda: self.schedule.now_s)
        self.bucket = Bucket()
        self.bus, self.published = Bus(self.schedule, []), owed.PublishedFacts()
        self.bus.on_published.append(self.published.see)
        self.facts: list[Any] = []
        zone = source.choice(_ZONES)
        self.shop = SHOP.model_copy(update={"time_zone": zone, "country": "FI"})
        self.requests, self.drafts = later.Requests(self.schedule, self.shop), set[str]()
        self.begins_at = self._beginning()
        self.is_overlapping = source.random() < 0.2  # a worker of the earlier release, too
        self.earlier = source.choice((0, 0, 0, 3))  # numbers that it had given before
        self.sources: dict[str, DocumentKind] = {}
        self.voids: dict[str, set[str]] = {}  # number -> the reasons that people gave
        self.renderings = 0
        self._free = WORKERS
        self._waiting: deque[Job] = deque()
        self._skews: dict[str, float] = {}

    def _beginning(self) -> datetime:
        """Return when it begins: most often just before midnight, or the end of the year."""
        source, zone = self.schedule.source, ZoneInfo(self.shop.time_zone)
        ends = source.choice((None, datetime(2026, 11, 22), datetime(2027, 1, 1)))  # noqa: DTZ001
        if ends is None:
            return datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        midnight = ends.replace(tzinfo=zone)
        return midnight.astimezone(UTC) - timedelta(seconds=source.uniform(0.0, 40.0))

    def services(self) -> dict[str, Any]:
        """Return what stands behind each client."""
        return {"dynamodb": self.store, "s3": self.bucket, "events": self.bus}

    def day_of(self, instant: datetime) -> date:
        """Return the seller's day of an instant, worked out here and not by our code."""
        return instant.astimezone(ZoneInfo(self.shop.time_zone)).date()

    def now(self) -> datetime:
        """Return the true instant."""
        return self.begins_at + timedelta(seconds=self.schedule.now_s)

    def clock(self) -> datetime:
        """Return what the running worker's clock says."""
        task = self.schedule.task()
        name = task.name if task else ""
        if name not in self._skews:
            self._skews[name] = self.schedule.source.uniform(-SKEW_S, SKEW_S)
        return self.now() + timedelta(seconds=self._skews[name])

    def begin(self) -> None:
        """Let everybody want their numbers and voids within a minute, or all at one instant."""
        source = self.schedule.source
        if self.earlier:
            earlier_release.leave(self.store, self.shop, self.begins_at, self.earlier)
        for number in range(1, source.randint(4, 14)):
            for fact in owed.payment(number, self.begins_at, source):
                owed.keep(self.store, fact)
                self.facts.append(fact)
                for _ in range(1 + (source.random() < 0.4)):
                    self._soon(Job(fact.metadata.fact_id, partial(self._invoice, fact)))
        for number in range(1, source.randint(2, 9)):
            statement = _statement(source.choice(_KINDS), number)
            self.sources[statement.source_id] = statement.kind
            for _ in range(1 + (source.random() < 0.4)):
                self._soon(Job(statement.source_id, partial(self._document, statement)))
        self._send_drafts()
        for number in range(source.randint(0, 8)):
            at_s = source.choice((AGAIN_S, 2 * AGAIN_S, source.uniform(0.0, 60.0)))
            self.schedule.at(at_s, partial(self._want_void, number))

    def _send_drafts(self) -> None:
        """Let shops invoice orders that are paid later, and the clock look after them."""
        source = self.schedule.source
        for number in range(source.choice((0, 3, 7))):
            sent = later.draft(number, source)
            self.drafts.add(str(sent.order_id))
            is_lost = source.random() < 0.5
            send = self.requests.send_once if is_lost else self.requests.send
            for _ in range(1 if is_lost else 1 + (source.random() < 0.4)):
                self._soon(Job(f"{'once' if is_lost else 'draft'}:{number}", partial(send, sent)))
        for at_s in (60.0, 120.0, 200.0, 280.0):
            self.schedule.at(at_s, partial(self._take, Job("look", self.requests.look)))

    def _soon(self, job: Job) -> None:
        is_hot = self.schedule.weather.is_hot
        delay_s = 0.0 if is_hot else self.schedule.source.uniform(0.0, 50.0)
        self.schedule.at(delay_s, partial(self._take, job))

    def _take(self, job: Job) -> None:
        """Give a job to a free worker, or let it wait."""
        self._waiting.append(job)
        while self._free and self._waiting:
            self._free -= 1
            self.schedule.seen["eight workers at once"] += not self._free
            next_job = self._waiting.popleft()
            done = partial(self._done, next_job)
            self.schedule.start(next_job.name, next_job.run, done, TIMEOUT_S)

    def _done(self, job: Job, answer: Any, error: BaseException | None) -> None:
        self._free += 1
        self._skews.pop(job.name, None)
        if error is not None and not job.name.startswith("once:"):
            note_breakage(self.schedule, job.name.partition(":")[0], error)
            self.schedule.seen["a worker failed, and it was tried again"] += 1
            self.schedule.at(AGAIN_S, partial(self._take, job))
        elif self._waiting:
            self.schedule.at(0.0, partial(self._take, self._waiting.popleft()))

    def _invoice(self, fact: LedgerFact) -> None:
        is_capture = isinstance(fact.data, PaymentCaptured)
        is_earlier = is_capture and self.is_overlapping and self.schedule.source.random() < 0.3
        is_drafted = getattr(fact.data, "order_id", None) in self.drafts
        if is_earlier and not is_drafted and not self._is_owed(fact):
            earlier_release.generate_invoice(fact, self.shop, self.clock())
            return
        generate_invoice(fact, self.shop, self.schedule.left_s)

    def _is_owed(self, fact: LedgerFact) -> bool:
        """Tell whether this release has numbered a capture, and may have facts left to publish.

        The earlier release knows of none: it would end the message, and they would stay untold.
        """
        named = f'"{fact.metadata.fact_id}"'
        items = self.store.all_items(TABLE)
        entries = (item["entry"]["S"] for item in items if {"entry", "receivable"} <= item.keys())
        return any(named in entry for entry in entries)

    def _document(self, statement: Statement) -> None:
        document = issue_document(statement, self.shop, self.schedule.left_s)
        store_documents(document, _content(statement), {"pdf": self.rendered(document)})

    def forms(self, *_: Any) -> dict[str, bytes]:
        """Stand in for the typesetter of documents with tax, in the same way."""
        self.renderings += 1
        return {"pdf": f"set the {self.renderings}. time".encode()}

    def rendered(self, document: Any) -> bytes:
        """Stand in for the typesetter; every time it sets a document to other bytes."""
        self.renderings += 1
        return f"{document.number_printed} set the {self.renderings}. time".encode()

    def _want_void(self, number: int) -> None:
        """Let one or two people void a number that was given, each for a reason of their own."""
        given = sorted(key[0] for key in self._given())
        if not given:
            return
        _, _, series, counted = self.schedule.source.choice(given).split("#")
        printed = f"{series}-{counted}"
        for person in range(self.schedule.source.choice((1, 1, 2))):
            reason = f"reason {number} of person {person}"
            self.voids.setdefault(printed, set()).add(reason)
            by = Actor(person_id=f"person_{person}")
            void = partial(self._void, printed, reason, by)
            self._take(Job(f"void:{printed}:{reason}", void))

    def _void(self, printed: str, reason: str, by: Actor) -> None:
        """Void a number, unless credit notes give back of it: then nobody wants that any more."""
        try:
            void_document(self.shop.merchant_id, printed, (reason, by), self.schedule.left_s)
        except Conflict:
            self.voids[printed].discard(reason)
            self.schedule.seen["a void was refused"] += 1

    def _given(self) -> list[tuple[str, str]]:
        items = self.store.all_items(TABLE)
        keys = [(item["PK"]["S"], item["SK"]["S"]) for item in items]
        return [key for key in keys if key[1] == "INVOICE"]

    def calm_down(self) -> None:
        """End all faults."""
        self.schedule.weather = CALM._replace(is_hot=self.schedule.weather.is_hot)


def _statement(kind: DocumentKind, number: int) -> Statement:
    rate = {"category": "S", "rate": "10", "net_minor": 10 * number, "tax_minor": number}
    fields = {"kind": kind, "source_id": f"{kind}:{number}", "currency": "EUR", "taxes": [rate]}
    totals = {"net_minor": 10 * number, "gross_minor": 11 * number}
    digest = content_digest({"content": {"of": f"{kind}:{number}"}})
    return Statement.model_validate(fields | totals | {"content_sha256": digest})


def _content(statement: Statement) -> dict[str, str]:
    return {"of": statement.source_id}
