"""What filters hold against a mail, every message keeps, in every language.

The checks are those that mail servers and SpamAssassin's rules share: a subject that doesn't shout,
a text part that says what the HTML says, links that are https, an id of the sender's own domain,
headers and lines as RFC 5322 has them.
"""

import re
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from functools import cache
from html import unescape

import pytest

from infra.mails.preview import SHOP
from kassa.messages.rendering.mail import MailAddress, MailHeaders, build_mail
from kassa.messages.rendering.render import render
from kassa.messages.templates.samples import bare_sample, sample
from kassa.messages.templates.texts import LANGUAGES, TEXT_NAMES, message_of

SENDER = MailAddress(email="shop@shop.example", name="Example Shop")
RECIPIENT = MailAddress(email="jane@mail.example", name="Jane Example")
HEADERS = MailHeaders(
    delivery_id="dl_" + "0" * 32,
    sent_at=datetime(2026, 12, 1, tzinfo=UTC),
    reply_to=MailAddress(email="help@shop.example"),
    unsubscribe_link="https://shop.example/unsubscribe/5Xw9",
)
every_mail = pytest.mark.parametrize("name", TEXT_NAMES)


@cache
def sent(language: str, name: str, is_bare: bool = False) -> bytes:
    params = bare_sample(name) if is_bare else sample(name)
    rendered = render(message_of(name), params, language, SHOP)
    return build_mail(rendered, SENDER, RECIPIENT, HEADERS)


@cache
def parsed(language: str, name: str) -> EmailMessage:
    return message_from_bytes(sent(language, name), policy=default)


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def words(text: str) -> Counter[str]:
    """Return what is said, gaps apart; of scripts that part no words, letter by letter."""
    return Counter(re.findall(r"[a-zäöå0-9]+|\w", text.lower()))


def shown(page: str) -> str:
    body = re.sub(r"<!--.*?-->|<[^>]+>", " ", page.partition("</head>")[2], flags=re.S)
    return unescape(body)


@every_mail
def test_a_subject_is_short_and_doesnt_shout(name: str) -> None:
    for language in LANGUAGES:
        subject = parsed(language, name)["Subject"]
        assert 5 <= len(subject) <= 90
        letters = re.sub(r"[^A-Za-zА-Яа-яё]", "", re.sub(r"\S*\d\S*|UTC", "", subject))
        assert sum(map(str.isupper, letters)) <= 0.4 * len(letters)
        assert not re.search(r"[!?！？]{2}|\$\$|^re:|^fwd?:", subject, re.IGNORECASE)


@every_mail
def test_the_text_says_what_the_page_says(name: str) -> None:
    for language in LANGUAGES:
        mail = parsed(language, name)
        text, page = words(part(mail, "plain")), words(shown(part(mail, "html")))
        alike = (text & page).total() / max(text.total(), page.total())
        assert alike > 0.65, f"{alike:.2f}"


@every_mail
def test_a_page_is_more_than_markup(name: str) -> None:
    for language in LANGUAGES:
        page = part(parsed(language, name), "html")
        assert len(page.encode()) < 100_000, "a reader such as Gmail cuts what is longer"
        assert page.count("<img") == 0
        assert len(shown(page).split()) > 20 or language in ("ja", "zh-Hant", "th")


@every_mail
def test_every_link_is_https_and_shows_where_it_leads(name: str) -> None:
    for language in LANGUAGES:
        page = part(parsed(language, name), "html")
        for link, label in re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.S):
            assert link.startswith("https://")
            assert not label.strip().startswith("http") or unescape(label.strip()) == unescape(link)
        assert "javascript:" not in page
        assert re.findall(r"http://[\w./]+", page.replace("http://www.w3.org/1999/xhtml", "")) == []


@every_mail
@pytest.mark.parametrize("is_bare", [False, True])
def test_headers_and_lines_are_as_the_rfc_has_them(name: str, is_bare: bool) -> None:
    for language in LANGUAGES:
        mail = sent(language, name, is_bare)
        assert mail.isascii(), "nothing of eight bits, in no header and no body"
        assert b"\n" not in mail.replace(b"\r\n", b"")
        assert max(map(len, mail.split(b"\r\n"))) <= 998
        head = message_from_bytes(mail)
        once = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Reply-To")
        assert [len(head.get_all(one, [])) for one in once] == [1] * len(once)
        assert head["Message-ID"].endswith(f"@{SENDER.domain}>")
        assert str(make_header(decode_header(head["Subject"]))).strip()
        assert not set(head.keys()) & {"Precedence", "X-Priority", "Importance", "Bcc", "Received"}


@every_mail
def test_a_page_says_its_language_and_works_by_night(name: str) -> None:
    for language in LANGUAGES:
        page = part(parsed(language, name), "html")
        assert f'<html lang="{language}" dir="ltr"' in page
        assert '<meta name="color-scheme" content="light dark"' in page
        assert "prefers-color-scheme: dark" in page
        assert "{{" not in page
        assert "{%" not in page
