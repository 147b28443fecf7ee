"""Drafts of documents as files: read strictly, and every mistake named by its field."""

from base64 import b64encode
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cli import strict_files
from cli.invoices.unissued import unissued
from cli.output import console
from cli.stack import give_up
from kassa.billing.documents.draft import Draft
from kassa.billing.documents.totals import worked_out
from kassa.billing.drafts.sent_draft import SentDraft
from kassa.billing.seller.profile import SellerDraft
from kassa.billing.typeset.branding import Branding
from kassa.billing.typeset.letters import Reminder, Statement
from kassa.billing.typeset.typeset_document import Sheet, document_sheet, letter_sheet

M = TypeVar("M", bound=BaseModel)
LETTERS: dict[str, type[Reminder] | type[Statement]] = {
    "reminder": Reminder,
    "statement": Statement,
}


def branding(path: Path) -> Branding:
    """Return how a merchant's documents look; its logo may be named as a file beside."""
    return _model(Branding, _with_logo(_mapping(path), path), path)


def seller(path: Path) -> SellerDraft:
    """Return who sells; the logo of its branding may be named as a file beside."""
    content = _mapping(path)
    look = content.get("branding")
    more = {"branding": _with_logo(look, path)} if isinstance(look, dict) else {}
    return _model(SellerDraft, content | more, path)


def _with_logo(look: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return how documents look, with the logo that is named as a file beside."""
    content = dict(look)
    logo = content.pop("logo_file", None)
    if logo is None:
        return content
    try:
        return content | {"logo": b64encode((path.parent / str(logo)).read_bytes())}
    except OSError as error:
        give_up(f"{path}: logo_file: {error.strerror}")


def sheet(path: Path, number: str, look: Branding | None) -> Sheet:
    """Return what a draft is typeset from: an invoice and its like, a reminder or a statement.

    A draft that says neither who sells nor when it is issued is one for `kassa invoices create`.
    """
    content = _mapping(path)
    if not {"kind", "seller", "issued_on"} & content.keys():
        made = unissued(_model(SentDraft, content, path))
        return document_sheet(made.document, number, look or made.branding)
    look = look or Branding()
    letter = LETTERS.get(str(content.get("kind")))
    if letter is None:
        return document_sheet(worked_out(_model(Draft, content, path)), number, look)
    del content["kind"]
    return letter_sheet(_model(letter, {"number": number} | content, path), look)


def _mapping(path: Path) -> dict[str, Any]:
    content = strict_files.read(path)
    if not isinstance(content, dict):
        give_up(f"{path} holds nothing to read: docs/documents has some to start from")
    return content


def _model(model: type[M], content: dict[str, Any], path: Path) -> M:
    """Return what a file holds; where it can't be read, say every mistake with its field."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        wrong = [f"{_field(one['loc'])}{_reason(one['msg'])}" for one in _causes(error)]
    if len(wrong) == 1:
        give_up(f"{path} can't be read: {wrong[0]}")
    for mistake in wrong:
        console().print(mistake, style="red", markup=False, soft_wrap=True)
    give_up(f"{path} has {len(wrong)} mistakes and can't be read")


def _causes(error: ValidationError) -> list[Any]:
    """Return the mistakes; a list isn't too short for what couldn't be read of its own."""
    found = error.errors()
    places = [one["loc"] for one in found]
    return [
        one for one in found
        if one["type"] != "too_short"
        or not any(place[: len(one["loc"])] == one["loc"] != place for place in places)
    ]  # fmt: skip


def _field(place: tuple[int | str, ...]) -> str:
    """Return where a mistake is, as one would write it: lines[0].unit_price_minor."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return f"{text.removeprefix('.')}: " if text else ""


def _reason(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
