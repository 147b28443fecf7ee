"""A mail is one message to one recipient, whatever names, addresses and links are like."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.messages.rendering.mail import Attachment, MailAddress, MailHeaders, build_mail
from kassa.messages.rendering.render import Rendered, render
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import sample

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SHOP = Brand(name="Example Shop", time_zone="Europe/Helsinki")
SENDER = MailAddress(email="shop@shop.example", name="Example Shop, Ltd")
JANE = MailAddress(email="jane@mail.example", name="Jane Doe")
HEADERS = MailHeaders(delivery_id="dl_" + "a" * 32, sent_at=datetime(2026, 12, 1, tzinfo=UTC))
RECEIPT = render("receipt", sample("receipt"), "th", SHOP)


def a_mail(**changed: Any) -> bytes:
    """Return a mail to Jane, but for what is changed."""
    told = {"rendered": RECEIPT, "sender": SENDER, "recipient": JANE, "headers": HEADERS}
    return build_mail(**{**told, **changed})


def parsed(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, policy=default)


def test_a_mail_says_the_same_in_text_and_html_and_in_which_language() -> None:
    mail = parsed(a_mail())
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    assert text.get_content().splitlines() == RECEIPT.text.splitlines()
    assert page.get_content().splitlines() == RECEIPT.html.splitlines()
    assert mail["Content-Language"] == "th"
    assert mail["Subject"] == RECEIPT.subject
    assert mail["Auto-Submitted"] == "auto-generated"


@given(st.lists(st.sampled_from(["ภายในวันที่", "22", "ธันวาคม", "株式会社", "A&B:", "é"]), min_size=1))
def test_a_subject_loses_no_space_where_its_line_is_folded(words: list[str]) -> None:
    subject = " ".join(words)[:250].strip()
    mail = a_mail(rendered=RECEIPT._replace(subject=subject))

    assert parsed(mail)["Subject"] == subject
    assert str(make_header(decode_header(message_from_bytes(mail)["Subject"]))) == subject
    assert max(map(len, mail.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78


def test_the_same_mail_is_the_same_bytes() -> None:
    documents = [Attachment(filename="a.pdf", content=b"%PDF-1.7")]
    assert a_mail(attachments=documents) == a_mail(attachments=documents)
    assert parsed(a_mail())["Message-ID"] == f"<dl_{'a' * 32}@shop.example>"


def test_documents_and_a_logo_come_along() -> None:
    rendered = render("receipt", sample("receipt"), "en", Brand(name="Shop", logo=PNG))
    pdf = Attachment(filename="領収書/7.pdf", content=b"%PDF-1.7 x")
    mail = parsed(a_mail(rendered=rendered, attachments=[pdf]))
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        *("multipart/mixed", "multipart/alternative", "text/plain"),
        *("multipart/related", "text/html", "image/png", "application/pdf"),
    ]
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "領収書-7.pdf"
    assert attached.get_content() == b"%PDF-1.7 x"
    (picture,) = (part for part in mail.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == "<logo>"
    assert picture.get_content() == PNG


def test_unsubscribing_takes_one_click_however_long_its_link_is() -> None:
    link = "https://shop.example/unsubscribe/" + "x" * 400
    mail = a_mail(headers=HEADERS.model_copy(update={"unsubscribe_link": link}))
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in mail
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail
    assert b"List-Unsubscribe" not in a_mail()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jane\r\nBcc: everyone@mail.example", "Jane Bcc: everyone@mail.example"),
        ("moc.live@enaJ \u202etxet", "moc.live@enaJ txet"),
        ('O"Brien, "Jane" <x@y.example>', 'O"Brien, "Jane" <x@y.example>'),
        ("Дмитрий Константинович Константинопольский-Задунайский", None),
        ("山田 太郎", None),
        ("สมชาย ใจดี", None),
        ("back\\slash; comma, (comment)", None),
    ],
)
def test_a_name_is_a_name_and_nothing_else(name: str, shown: str | None) -> None:
    mail = a_mail(recipient=MailAddress(email="jane@mail.example", name=name))
    (address,) = parsed(mail)["To"].addresses
    assert address.addr_spec == "jane@mail.example"
    raw = message_from_bytes(mail)["To"]
    assert (shown or name) in str(make_header(decode_header(raw))).replace("\\", "") or (
        address.display_name == (shown or name)
    )
    assert b"\nBcc:" not in mail


@pytest.mark.parametrize(
    ("email", "sent_to"),
    [
        ("jane@例え.テスト", "jane@xn--r8jz45g.xn--zckzah"),
        ("jane@straße.example", "jane@xn--strae-oqa.example"),
        ("Jane.O'Neill+shop@MAIL.example", "Jane.O'Neill+shop@mail.example"),
        ("a..b.@docomo.ne.jp", '"a..b."@docomo.ne.jp'),
    ],
)
def test_an_odd_address_is_written_so_that_it_arrives(email: str, sent_to: str) -> None:
    mail = a_mail(recipient=MailAddress(email=email))
    assert f"To: {sent_to}\r\n".encode() in mail


@pytest.mark.parametrize(
    "email",
    [
        *("", "jane", "@mail.example", "jane@", "jane@localhost", "jane@[127.0.0.1]"),
        *("jané@mail.example", "ja ne@mail.example", '"jane@x"@mail.example', "a,b@mail.example"),
        *("jane@mail.example\r\nBcc: all@mail.example", "jane@-mail.example", "jane@mail..example"),
        *("x" * 65 + "@mail.example", "jane@" + "x" * 64 + ".example", "jane@\u202ecom.example"),
    ],
)
def test_an_address_that_no_mail_reaches_is_refused(email: str) -> None:
    with pytest.raises(ValueError, match="email"):
        MailAddress(email=email)


@given(st.text(max_size=120).filter(str.strip), st.text(max_size=300))
def test_no_text_makes_a_header_or_a_part_of_its_own(name: str, text: str) -> None:
    try:
        recipient = MailAddress(email="jane@mail.example", name=name)
    except ValueError:
        return  # nothing of it can be seen
    rendered = Rendered(" ".join(text.split()), f"<p>{text!a}</p>", ascii(text), "en")
    mail = a_mail(recipient=recipient, rendered=rendered)
    head = mail.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert names == [
        *(b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted"),
        *(b"MIME-Version", b"Content-Type", b"Content-Language"),
    ]
    assert [part.get_content_type() for part in parsed(mail).walk()] == [
        *("multipart/alternative", "text/plain", "text/html"),
    ]
