"""A mail as bytes (RFC 5322, MIME), the same bytes whenever it is built again.

Addresses have ASCII before the @, for SES knows no other; a domain of other letters is written as
IDNA 2008 has it. What a name or a link says can't begin a header of its own: names lost their ends
of lines on the way in, and the standard library refuses the rest.
"""

import re
from collections.abc import Iterable
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Annotated, Any

from pydantic import Field, field_validator

from kassa.core.model import Instant, Model
from kassa.customers.addresses import mailbox
from kassa.messages.rendering.render import LOGO, Rendered
from kassa.messages.templates.brand import picture_format
from kassa.messages.templates.parts import HttpsLink, Line

SUBJECT_MAX = 250
_WHOLE = {"message-id", "list-unsubscribe"}  # no reader decodes these, so they are never folded


class _Policy(EmailPolicy):
    """SMTP's policy: headers and bodies of 7 bits, lines that end in CR LF."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header as it is sent."""
        if name.lower() in _WHOLE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if name.lower() == "subject" and not str(value).isascii():
            # The library folds at a space between two encoded words, where no reader sees it.
            folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
            return f"{name}: {folded}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", cte_type="7bit", raise_on_defect=False)


class MailAddress(Model):
    """Who sends a mail, or to whom it goes; raises ValueError for one that SES can't send to."""

    email: Annotated[str, Field(max_length=320)]
    name: Line | None = None

    @field_validator("email")
    @classmethod
    def _sendable(cls, email: str) -> str:
        found = mailbox(email)
        if found is None:
            raise ValueError("is no address that mails can be sent to")
        local, _, domain = found.rpartition("@")
        return f"{local}@{domain.lower()}"

    @property
    def domain(self) -> str:
        """Return what stands behind the @, in ASCII."""
        return self.email.rpartition("@")[2]

    @property
    def header(self) -> str:
        """Return the address for a header, which encodes the name where that isn't ASCII.

        Japanese carriers gave out addresses with dots where none may be, unless in quotes.
        """
        local = self.email.rpartition("@")[0]
        is_odd = ".." in local or local.startswith(".") or local.endswith(".")
        address = f"{_quoted(local) if is_odd else local}@{self.domain}"
        return f"{_quoted(self.name)} <{address}>" if self.name else address


class MailHeaders(Model):
    """What a mail says of itself."""

    delivery_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{3,64}$")]  # names the mail for good
    sent_at: Instant
    reply_to: MailAddress | None = None
    unsubscribe_link: HttpsLink | None = None  # takes a POST, with one click (RFC 8058)


class Attachment(Model):
    """A document that goes along."""

    filename: Line
    content: bytes
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")] = "application/pdf"

    @field_validator("filename")
    @classmethod
    def _safe(cls, name: str) -> str:
        return re.sub(r'[/\\:*?"<>|]', "-", name).strip(". ") or "document"


def build_mail(
    rendered: Rendered,
    sender: MailAddress,
    recipient: MailAddress,
    headers: MailHeaders,
    attachments: Iterable[Attachment] = (),
) -> bytes:
    """Return a mail to one recipient: plain text and HTML, a logo, and what is attached."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender.header
    if headers.reply_to:
        mail["Reply-To"] = headers.reply_to.header
    mail["To"] = recipient.header
    mail["Subject"] = _shortened(rendered.subject)
    mail["Date"] = headers.sent_at
    mail["Message-ID"] = f"<{headers.delivery_id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by a machine
    if headers.unsubscribe_link:
        mail["List-Unsubscribe"] = f"<{headers.unsubscribe_link}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _fill(mail, rendered, attachments)
    mail["Content-Language"] = rendered.language  # last: what is set before becomes the text's own
    for number, part in enumerate(one for one in mail.walk() if one.is_multipart()):
        part.set_boundary(f"=_{headers.delivery_id}_{number}")  # never in quoted-printable, base64
    return mail.as_bytes()


def _fill(mail: EmailMessage, rendered: Rendered, attachments: Iterable[Attachment]) -> None:
    mail.set_content(rendered.text)
    mail.add_alternative(rendered.html, subtype="html")
    if rendered.logo:
        (_, page) = mail.iter_parts()
        subtype = picture_format(rendered.logo) or "png"
        page.add_related(
            rendered.logo, "image", subtype, cid=f"<{LOGO}>", filename=f"{LOGO}.{subtype}"
        )
    for one in attachments:
        main, _, sub = one.media_type.partition("/")
        mail.add_attachment(one.content, main, sub, filename=one.filename)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _shortened(subject: str) -> str:
    return subject if len(subject) <= SUBJECT_MAX else subject[: SUBJECT_MAX - 1] + "…"
