"""The small page that a payment link leads to where there is nothing to be paid, or not now.

It says no name, no amount and no number: whoever has the link may see it, and so may others later.
"""

from enum import StrEnum
from html import escape
from string import Template


class Notice(StrEnum):
    """What a page says."""

    PAID = "paid"
    UNDER_WAY = "under_way"  # the customer is done, the money isn't here yet
    CLOSED = "closed"  # void, or given up
    IN_PART = "in_part"  # so the whole amount isn't asked for again
    NOT_NOW = "not_now"
    UNKNOWN = "unknown"


STATUSES = {
    **dict.fromkeys((Notice.PAID, Notice.UNDER_WAY, Notice.CLOSED, Notice.IN_PART), 200),
    Notice.NOT_NOW: 503,
    Notice.UNKNOWN: 404,
}
TEXTS: dict[str, dict[Notice, str]] = {
    "en": {
        Notice.PAID: "This is paid. Thank you.",
        Notice.UNDER_WAY: "Your payment is on its way. Thank you.",
        Notice.CLOSED: "Nothing is to be paid here any more.",
        Notice.IN_PART: "Part of this is paid. Please pay the rest by transfer.",
        Notice.NOT_NOW: "The payment page can't be opened just now. Please try again later.",
        Notice.UNKNOWN: "There is no such payment page.",
    },
    "fi": {
        Notice.PAID: "Tämä on maksettu. Kiitos.",
        Notice.UNDER_WAY: "Maksusi on käsittelyssä. Kiitos.",
        Notice.CLOSED: "Täällä ei ole enää maksettavaa.",
        Notice.IN_PART: "Tästä on maksettu osa. Maksa loput tilisiirtona.",
        Notice.NOT_NOW: "Maksusivua ei voi avata juuri nyt. Yritä myöhemmin uudelleen.",
        Notice.UNKNOWN: "Tällaista maksusivua ei ole.",
    },
    "ja": {
        Notice.PAID: "お支払い済みです。ありがとうございました。",
        Notice.UNDER_WAY: "お支払いを確認しています。ありがとうございました。",
        Notice.CLOSED: "お支払いいただくものはありません。",
        Notice.IN_PART: "一部のお支払いを承っています。残額はお振込みください。",
        Notice.NOT_NOW: "ただいまお支払いページを開けません。しばらくしてから再度お試しください。",
        Notice.UNKNOWN: "お支払いページが見つかりません。",
    },
    "ru": {
        Notice.PAID: "Это уже оплачено. Спасибо.",
        Notice.UNDER_WAY: "Ваш платёж обрабатывается. Спасибо.",
        Notice.CLOSED: "Здесь больше нечего оплачивать.",
        Notice.IN_PART: "Часть уже оплачена. Остаток оплатите, пожалуйста, переводом.",
        Notice.NOT_NOW: "Сейчас страницу оплаты открыть нельзя. Попробуйте позже.",
        Notice.UNKNOWN: "Такой страницы оплаты нет.",
    },
    "th": {
        Notice.PAID: "ชำระเงินเรียบร้อยแล้ว ขอบคุณ",
        Notice.UNDER_WAY: "การชำระเงินของคุณกำลังดำเนินการ ขอบคุณ",
        Notice.CLOSED: "ไม่มียอดที่ต้องชำระที่นี่แล้ว",
        Notice.IN_PART: "ชำระแล้วบางส่วน กรุณาโอนส่วนที่เหลือ",
        Notice.NOT_NOW: "ขณะนี้เปิดหน้าชำระเงินไม่ได้ กรุณาลองใหม่ภายหลัง",
        Notice.UNKNOWN: "ไม่พบหน้าชำระเงินนี้",
    },
    "zh-Hant": {
        Notice.PAID: "已付款,謝謝。",
        Notice.UNDER_WAY: "您的付款正在處理中,謝謝。",
        Notice.CLOSED: "此處已無需付款。",
        Notice.IN_PART: "已部分付款,餘款請以轉帳支付。",
        Notice.NOT_NOW: "目前無法開啟付款頁面,請稍後再試。",
        Notice.UNKNOWN: "沒有此付款頁面。",
    },
}
FALLBACK = "en"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_PAGE = Template(
    '<!doctype html><html lang="$language"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>$text</title>'
    "<style>body{font:1.2rem system-ui,sans-serif;margin:20vh auto;max-width:30rem;"
    "padding:0 1rem;text-align:center}</style><p>$text</p></html>\n"
)


def page(notice: Notice, language: str | None) -> str:
    """Return the page of a notice, in a language that there is, else in English."""
    tag = _written(language or FALLBACK)
    return _PAGE.substitute(language=tag, text=escape(TEXTS[tag][notice]))


def _written(language: str) -> str:
    """Return the language, of those that there are, that a BCP 47 tag asks for."""
    primary, *rest = language.lower().split("-")
    if primary == "zh" and not {"hans", "cn", "sg"} & set(rest):
        return "zh-Hant"
    return primary if primary in TEXTS else FALLBACK
