"""The small page that an unsubscribe link leads to; it says no name, no address and no number."""

from enum import StrEnum
from html import escape
from string import Template


class Notice(StrEnum):
    """What a page says."""

    ASKED = "asked"
    DONE = "done"
    UNKNOWN = "unknown"


BUTTON = "button"
TEXTS: dict[str, dict[str, str]] = {
    "en": {
        Notice.ASKED: "Do you want no more messages of this kind?",
        BUTTON: "Unsubscribe",
        Notice.DONE: "You will get no more messages of this kind.",
        Notice.UNKNOWN: "There is no such page.",
    },
    "fi": {
        Notice.ASKED: "Haluatko lopettaa tällaiset viestit?",
        BUTTON: "Peru viestit",
        Notice.DONE: "Et saa enää tällaisia viestejä.",
        Notice.UNKNOWN: "Tällaista sivua ei ole.",
    },
    "ja": {
        Notice.ASKED: "この種類のメールの配信を停止しますか。",
        BUTTON: "配信を停止する",
        Notice.DONE: "この種類のメールの配信を停止しました。",
        Notice.UNKNOWN: "ページが見つかりません。",
    },
    "ru": {
        Notice.ASKED: "Вы больше не хотите получать такие сообщения?",
        BUTTON: "Отписаться",
        Notice.DONE: "Вы больше не будете получать такие сообщения.",
        Notice.UNKNOWN: "Такой страницы нет.",
    },
    "th": {
        Notice.ASKED: "ต้องการเลิกรับข้อความประเภทนี้หรือไม่",
        BUTTON: "เลิกรับข้อความ",
        Notice.DONE: "คุณจะไม่ได้รับข้อความประเภทนี้อีก",
        Notice.UNKNOWN: "ไม่พบหน้านี้",
    },
    "zh-Hant": {
        Notice.ASKED: "您不想再收到這類訊息嗎？",
        BUTTON: "取消訂閱",
        Notice.DONE: "您將不會再收到這類訊息。",
        Notice.UNKNOWN: "沒有此頁面。",
    },
}
FALLBACK = "en"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_FORM = Template('<form method="post"><button>$text</button></form>')
_PAGE = Template(
    '<!doctype html><html lang="$language"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>$text</title>'
    "<style>body{font:1.2rem system-ui,sans-serif;margin:20vh auto;max-width:30rem;"
    "padding:0 1rem;text-align:center}button{font:inherit;padding:.5em 1.5em}</style>"
    "<p>$text</p>$form</html>\n"
)


def page(notice: Notice, language: str | None) -> str:
    """Return the page of a notice, in a language that there is, else in English."""
    tag = language if language in TEXTS else FALLBACK
    texts = TEXTS[str(tag)]
    form = _FORM.substitute(text=escape(texts[BUTTON])) if notice is Notice.ASKED else ""
    return _PAGE.substitute(language=tag, text=escape(texts[notice]), form=form)
