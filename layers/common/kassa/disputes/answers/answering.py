"""What is sent to answer a dispute, as it is asked for, and what it comes to for its gateway."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Base64Bytes, Field

from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.disputes.answers.evidence import (
    Added,
    Known,
    Part,
    Section,
    fitting,
    own_length,
    parts_of,
    statement_of,
    texts_of,
    without,
)
from kassa.disputes.answers.letter import letter, unprintable
from kassa.disputes.dispute import Dispute, KeptFile
from kassa.disputes.reasons import DisputeCategory
from kassa.gateways.disputes.evidence import EvidenceFile, EvidenceKind, EvidenceSubmission
from kassa.gateways.disputes.limits import LIMITS, PDF, type_of, wrong_file

FILE_MAX = 4_000_000  # bytes of a file that is sent here: what a request holds
BODY_MAX = 5_600_000  # of the request that brings one
FILES_MAX = 8
LETTER, INVOICE = "evidence.pdf", "invoice.pdf"
IN_LETTER = f"The merchant's statement is in the attached {LETTER}."
FileId = Annotated[str, Field(pattern=r"^[0-9a-f]{16,128}$")]
_Short = Annotated[str, Field(max_length=100)]


class FileBody(Model):
    """A file that a person adds."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: EvidenceKind = EvidenceKind.OTHER
    content_base64: Annotated[Base64Bytes, Field(min_length=1)]


class AnswerBody(Model):
    """What a person adds to what is gathered, and what they leave out."""

    statement: Annotated[str, Field(max_length=15_000)] = ""
    carrier: _Short = ""
    tracking_number: _Short = ""
    shipped_on: date | None = None
    refund_policy: Annotated[str, Field(max_length=5_000)] = ""
    defense_reason: Annotated[str, Field(max_length=100)] | None = None  # Adyen's alone
    leaves_out: Annotated[tuple[Section, ...], Field(max_length=len(Section))] = ()
    without_files: Annotated[tuple[FileId, ...], Field(max_length=FILES_MAX)] = ()

    @property
    def added(self) -> Added:
        """Return what a person adds."""
        return Added(
            statement=self.statement,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            shipped_on=self.shipped_on,
            refund_policy=self.refund_policy,
        )


class DisputeBody(AnswerBody):
    """What an action needs: an answer what a person adds, and adding a file the file."""

    file: FileBody | None = None


class ShownFile(Model):
    """A file that goes with the answer."""

    name: str
    kind: EvidenceKind
    content_type: str
    size: int


class ShownPart(Model):
    """A part of what is written."""

    section: Section
    sentences: tuple[str, ...]


class Preview(Model):
    """What would be submitted now."""

    category: DisputeCategory
    parts: tuple[ShownPart, ...]  # what is sent of it, as text or in a letter
    statement: str  # what the gateway gets as text; empty where it takes documents alone
    files: tuple[ShownFile, ...]
    problems: tuple[str, ...] = ()  # why it couldn't be submitted as it is


class Prepared(NamedTuple):
    """An answer that is ready to be submitted, or why it isn't."""

    submission: EvidenceSubmission
    parts: tuple[Part, ...]
    problems: tuple[str, ...]


class Held(NamedTuple):
    """What is held of a dispute: what is known, and the bytes of files."""

    known: Known
    invoice: bytes | None
    files: tuple[tuple[KeptFile, bytes], ...]


def prepared(dispute: Dispute, held: Held, body: AnswerBody) -> Prepared:
    """Return what is submitted of all that is held and added, by what the gateway takes."""
    limits = LIMITS[dispute.gateway]
    every = parts_of(held.known, body.added, dispute.category)
    parts = tuple(one for one in every if one.section not in body.leaves_out)
    sent = tuple(fitting(parts, limits.statement))
    whole = texts_of(held.known, body.added, _statement(dispute, sent))
    texts = without(whole, body.leaves_out)
    files = [*_own_files(held, body), *_letter(dispute, parts)]
    submission = EvidenceSubmission(dispute.ref, texts, tuple(files), body.defense_reason)
    problems = (*_too_long(dispute, sent), *_problems(dispute, body, files))
    return Prepared(submission, parts if limits.needs_letter else sent, problems)


def checked_file(dispute: Dispute, body: FileBody) -> str:
    """Return what a file is; raise InvalidRequest where the dispute's gateway doesn't take it."""
    content = body.content_base64
    if len(content) > FILE_MAX:
        raise InvalidRequest(f"content_base64: a file has at most {FILE_MAX:,} bytes here")
    content_type = type_of(content)
    if content_type is None:
        raise InvalidRequest("content_base64: it is no PDF, JPEG, PNG, GIF, TIFF or DOCX")
    if why := wrong_file(dispute.gateway, content_type, len(content)):
        raise InvalidRequest(f"content_base64: {why}")
    if len(dispute.files) >= FILES_MAX:
        raise InvalidRequest(f"content_base64: a dispute has at most {FILES_MAX} files here")
    return content_type


def preview_of(dispute: Dispute, ready: Prepared) -> Preview:
    """Return what a person sees before they submit."""
    return Preview(
        category=dispute.category,
        parts=tuple(ShownPart(section=one.section, sentences=one.sentences) for one in ready.parts),
        statement=ready.submission.texts.statement,
        files=tuple(
            ShownFile(
                name=one.name, kind=one.kind, content_type=one.content_type, size=len(one.content)
            )
            for one in ready.submission.files
        ),
        problems=ready.problems,
    )


def _statement(dispute: Dispute, sent: tuple[Part, ...]) -> str:
    """Return the text; where a person's own doesn't fit it, it stands whole in the letter."""
    limits = LIMITS[dispute.gateway]
    if limits.needs_letter and own_length(sent) > limits.statement:
        return IN_LETTER if len(IN_LETTER) <= limits.statement else ""
    return statement_of(sent)


def _too_long(dispute: Dispute, sent: tuple[Part, ...]) -> Iterable[str]:
    limits, length = LIMITS[dispute.gateway], own_length(sent)
    if length > limits.statement and not limits.needs_letter:
        most = f"{dispute.gateway} takes {limits.statement:,} characters of text"
        yield f"{most}, and what you wrote has {length:,}"


def _own_files(held: Held, body: AnswerBody) -> Iterable[EvidenceFile]:
    if held.invoice is not None and Section.INVOICE not in body.leaves_out:
        yield EvidenceFile(INVOICE, PDF, EvidenceKind.RECEIPT, held.invoice)
    for kept, content in held.files:
        if kept.file_id not in body.without_files:
            yield EvidenceFile(kept.name, kept.content_type, kept.kind, content)


def _letter(dispute: Dispute, parts: tuple[Part, ...]) -> Iterable[EvidenceFile]:
    """What is written, as a document, where the gateway's text doesn't hold it."""
    if not LIMITS[dispute.gateway].needs_letter or not parts:
        return
    lines = [line for one in parts for line in (one.section.capitalize(), *one.sentences, "")]
    content = letter(f"Dispute {dispute.dispute_id} of payment {dispute.payment_id}", lines)
    yield EvidenceFile(LETTER, PDF, EvidenceKind.OTHER, content)


def _problems(dispute: Dispute, body: AnswerBody, files: list[EvidenceFile]) -> Iterable[str]:
    limits = LIMITS[dispute.gateway]
    for one in files:
        if why := wrong_file(dispute.gateway, one.content_type, len(one.content)):
            yield f"{one.name}: {why}"
    total = sum(len(one.content) for one in files)
    if total > limits.total_bytes:
        most = f"{limits.total_bytes:,}"
        yield f"{dispute.gateway} takes {most} bytes of files together, and these have {total:,}"
    if len(files) > limits.files:
        yield f"{dispute.gateway} takes {limits.files} files, and these are {len(files)}"
    if limits.needs_file and not files:
        yield f"{dispute.gateway} takes documents: add one"
    if limits.one_of_each:
        yield from _twice(dispute.gateway, files)
    if limits.needs_letter and (characters := unprintable(body.statement + body.refund_policy)):
        yield f"write it in Latin letters, without {' '.join(characters[:10])}: it goes as a PDF"


def _twice(gateway: str, files: list[EvidenceFile]) -> Iterable[str]:
    """Name kinds of which there are two files, where a gateway has one field for each."""
    other = (EvidenceKind.REFUND, EvidenceKind.OTHER)
    kinds = [EvidenceKind.OTHER if one.kind in other else one.kind for one in files]
    for kind in sorted({one for one in kinds if kinds.count(one) > 1}):
        yield f"{gateway} takes one file of the kind '{kind}': join them into one PDF"
