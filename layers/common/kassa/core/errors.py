"""Every error this package raises, each with what the caller should do.

KassaError
├── InvalidSignature        the request is not the gateway's: 400, and no retry
├── BodyTooLarge            more bytes than any event has: 413, and no retry
├── UnreadableEvent         verified, but not readable: let it reach the DLQ, fix, redrive
├── NotFound                nothing is stored under that id: 404; on a queue, retry
│   ├── UnknownGateway      no such gateway or account: 404
│   ├── EventNotFound
│   ├── MappingNotFound
│   ├── PaymentNotFound
│   ├── PolicyNotFound
│   ├── ReportNotFound
│   ├── OrderNotFound
│   ├── InvoiceNotFound
│   ├── SellerNotFound
│   ├── CustomerNotFound
│   ├── DeliveryNotFound
│   ├── ContactNotFound
│   └── RefundRequestNotFound
├── InvalidRequest          the caller's fields are wrong: 400, naming the field
│   ├── Unreadable          a document has mistakes: 400, listing all of them
│   ├── PolicyRefused       a policy has errors: 400, listing all that was found
│   ├── RoutesRefused       routes have errors: 400, listing all that was found
│   ├── EinvoiceRefused     no electronic invoice can say it: 400, listing every rule it breaks
│   ├── AddressRefused      a stranger's address that may not be called: 400, nothing was sent
│   └── InvalidJson         what was sent is no JSON, or more than we read: 400, saying where
├── Conflict                it can't be done as things stand: 409, saying how they stand
│   ├── OverHeadroom        more than may still be refunded; says what is left
│   ├── LinesRefunded       a line was given back as often as it was sold; says what is left
│   ├── ClaimTaken          the claim has a request that says something else
│   └── OrderChanged        the order was sent before and said something else; says what
├── CheckoutRefused         no gateway opens a checkout for the order: 422, saying why
│   └── CurrencyNotTaken    nobody pays in the currency, or no gateway takes it: 422
├── CheckoutUnavailable     no checkout now, or nobody knows: 503, send the order again later
├── ApprovalVoid            who approved the refund may not any more: back to people, never paid
├── LimitReached            a day's limit of automatic refunds has no room: decide again with it
├── ArchiveChanged          a file isn't what a manifest says: a person must look
├── ArchiveTooLarge         a report's files don't fit where it is built: give it more room
├── StaleLayers             layers of another Python or machine: build and deploy again
├── UnreadableItem          stored by a newer release: leave it alone, update, retry
├── StaleWrite              another writer was first: read again, then retry
├── NotPublished                 the bus did not take every fact: retry, publishing is idempotent
├── QueueUnavailable        the queue did not take the message: 503, the gateway retries
├── SecretsUnavailable      the live signing secrets can't be read: 503, the gateway retries
├── PartnerError
│   ├── PartnerUnreachable  nobody took the connection: nothing was sent, try again later
│   └── PartnerSilent       no whole answer came in time: what the request did is unknown
└── GatewayError
    ├── GatewayRefused      the gateway said no: a person must look
    ├── GatewayResting      it didn't answer lately and wasn't called: try another
    └── GatewayUnavailable  the gateway said nothing: the outcome is unknown, retry
"""


class KassaError(Exception):
    """Anything Kassa itself raises."""


class InvalidSignature(KassaError):
    """The request is not the gateway's."""


class BodyTooLarge(KassaError):
    """The body is larger than any event."""


class UnreadableEvent(KassaError):
    """A verified event that the reader can't name; the message must not be lost."""


class NotFound(KassaError):
    """Nothing is stored under that id."""


class UnknownGateway(NotFound):
    """No gateway or account has that name."""


class EventNotFound(NotFound):
    """No event is stored under that id."""


class MappingNotFound(NotFound):
    """No mapping was saved for that account."""


class PaymentNotFound(NotFound):
    """No payment is stored under that id."""


class PolicyNotFound(NotFound):
    """No refund policy was saved under that version."""


class ReportNotFound(NotFound):
    """No report was built for that day."""


class OrderNotFound(NotFound):
    """No order was sent under that id."""


class InvoiceNotFound(NotFound):
    """No invoice was issued under that number."""


class SellerNotFound(NotFound):
    """No seller's profile was saved, and the settings say too little of one."""


class CustomerNotFound(NotFound):
    """Nothing was ever invoiced to a customer of that id."""


class ContactNotFound(NotFound):
    """Nothing is held back from that address."""


class RefundRequestNotFound(NotFound):
    """No refund request has that id."""


class DeliveryNotFound(NotFound):
    """Nothing was ever told under that id."""


class InvalidRequest(KassaError):
    """The caller requested something that can't be; the message names the field."""


class Unreadable(InvalidRequest):
    """A document that a person wrote can't be read; `wrong` lists every mistake in it."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__("; ".join(wrong))
        self.wrong = wrong


class PolicyRefused(InvalidRequest):
    """A policy that has errors is neither saved nor tried; `findings` lists all there is to say."""

    def __init__(self, message: str, findings: list[dict[str, object]]) -> None:
        super().__init__(message)
        self.findings = findings


class RoutesRefused(InvalidRequest):
    """Routes that have errors are not saved; `wrong` lists all there is to say."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__("; ".join(wrong))
        self.wrong = wrong


class EinvoiceRefused(InvalidRequest):
    """A draft breaks rules of electronic invoices; `rules` list rule, field and what to do."""

    def __init__(self, message: str, rules: list[dict[str, str]]) -> None:
        super().__init__(message)
        self.rules = rules


class AddressRefused(InvalidRequest):
    """An address that somebody entered may not be called; nothing was sent to it."""


class InvalidJson(InvalidRequest):
    """What was sent can't be read as JSON; the message says where, never what."""


class Conflict(KassaError):
    """It can't be done as things stand; the message says how they stand."""


class OverHeadroom(Conflict):
    """More than may still be refunded of the payment; `left_minor` says how much that is."""

    def __init__(self, message: str, left_minor: int) -> None:
        super().__init__(message)
        self.left_minor = left_minor


class LinesRefunded(Conflict):
    """More of a line than was sold and not given back; `left_lines` says what is left of each."""

    def __init__(self, message: str, left_lines: dict[str, int]) -> None:
        super().__init__(message)
        self.left_lines = left_lines


class ClaimTaken(Conflict):
    """The claim has a refund request already, and that one says something else."""


class OrderChanged(Conflict):
    """The order was sent before, and said something else; `differences` name each field."""

    def __init__(self, message: str, differences: list[dict[str, object]]) -> None:
        super().__init__(message)
        self.differences = differences


class CheckoutRefused(KassaError):
    """No gateway opens a checkout for the order; `left_out` says why each route was left out."""

    def __init__(self, message: str, left_out: list[dict[str, object]] | None = None) -> None:
        super().__init__(message)
        self.left_out = left_out or []


class CurrencyNotTaken(CheckoutRefused):
    """Nobody pays in the order's currency, or no gateway that it may go to takes it."""


class CheckoutUnavailable(KassaError):
    """There is no checkout now, or nobody knows of one; sending the order again does no harm."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ApprovalVoid(KassaError):
    """A refund can't be submitted to its gateway: who approved it may not approve any more."""


class LimitReached(KassaError):
    """A day's limit in code has no room for an automatic refund; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class ArchiveChanged(KassaError):
    """An archived file isn't what a closed report was made from."""


class ArchiveTooLarge(KassaError):
    """A report's files don't fit where it is built."""


class StaleLayers(KassaError):
    """The layers were built for another Python or machine: build and deploy again."""


class UnreadableItem(KassaError):
    """What is stored holds a word this release doesn't know; it is neither used nor written."""


class StaleWrite(KassaError):
    """Another writer was first, or is at it just now; read again."""


class NotPublished(KassaError):
    """The bus refused some facts; publishing again is safe."""


class QueueUnavailable(KassaError):
    """The queue did not take the message; nothing is stored."""


class SecretsUnavailable(KassaError):
    """The live signing secrets can't be read; nothing can be verified."""


class PartnerError(KassaError):
    """A partner's program wasn't reached, or didn't answer."""


class PartnerUnreachable(PartnerError):
    """Nobody took the connection; nothing was sent."""


class PartnerSilent(PartnerError):
    """The request was sent, and no whole answer came in time; what it did is unknown."""


class GatewayError(KassaError):
    """A gateway did not do what was submitted."""


class GatewayRefused(GatewayError):
    """The gateway said no; another one may be tried where `is_retryable` says so."""

    def __init__(self, reason: str, is_retryable: bool = False) -> None:
        """Keep whether nothing was or can be paid by this, and another gateway might do."""
        super().__init__(reason)
        self.is_retryable = is_retryable


class GatewayResting(GatewayError):
    """The gateway didn't answer lately, so it was not called."""


class GatewayUnavailable(GatewayError):
    """The gateway said nothing; what it did is unknown."""

    wait_s: float | None = None  # for how long it asked to be left alone
