"""The documents of a summary that is broken down, beside those that every summary has."""

import json

from kassa.archive.manifests import Manifest
from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.breakdown.page import against, body
from kassa.reports.breakdown.words import Words
from kassa.reports.breakdown.workbook import workbook
from kassa.reports.frame import framed_in
from kassa.reports.report import Report

WITH_MAIL = 4  # the first layout that says what its mail says
MAILED = "mail.json"  # what the mail of a closed report says


def broken_down(manifest: Manifest, report: Report) -> dict[str, bytes]:
    """Return them by name; nothing of a report of an earlier layout."""
    if report.breakdown is None:
        return {}
    words = Words(report.breakdown.language, report.layout)
    page = framed_in(words, manifest, body(report, report.breakdown, words))
    book = workbook(report, report.breakdown, words)
    made = {"report.html": page.encode(), "report.xlsx": book}
    if manifest.layout >= WITH_MAIL:
        made[MAILED] = _mailed(report, report.breakdown, words).encode()
    return made


def _mailed(report: Report, found: Breakdown, words: Words) -> str:
    """Return the first screen: net of each currency, against normal, what needs someone."""
    nets = {one.currency: one for one in found.compared if one.figure == "net"}
    net, usual = [], []
    for each in report.currencies:
        amount = words.money(each.net.amount_minor, each.currency)
        payouts = words.money(each.payouts.amount_minor, each.currency)
        to_bank = words("first.to_bank", amount=payouts)
        net.append(f"{words('first.net')}: {amount}. {to_bank}")
        normal = next(against(nets.get(each.currency), report, found, words))
        usual.append(f"{each.currency}: {normal}")
    is_known = any(one.normal for one in found.compared)
    needs = [words.need(need) for need in found.needs]
    content = {
        "language": words.language,
        "net": net or [words("first.empty")],
        "usual": usual,
        "needs_title": words("first.needs"),
        "needs": needs or [words.nothing(is_known, found.findings)],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
