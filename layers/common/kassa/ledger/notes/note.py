"""A note that somebody wrote on a payment: about whom it is is erased with its customer."""

from typing import Annotated

from pydantic import Field

from kassa.core.model import Instant, Model

TEXT_MAX = 1_000


NoteId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]  # of the form that it came by


class Note(Model):
    """What somebody noted; the text is empty once it was erased."""

    note_id: NoteId
    text: Annotated[str, Field(max_length=TEXT_MAX)]
    written_at: Instant
    written_by: str  # a person, or a key of a machine
