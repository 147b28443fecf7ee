"""The documents of a summary that is broken down, beside those that every summary has."""

import json

from kassa.archive.manifests import Manifest
from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.breakdown.localization import Texts
from kassa.reports.breakdown.page import against, body
from kassa.reports.breakdown.workbook import workbook
from kassa.reports.frame import framed_in
from kassa.reports.report import Report

WITH_MAIL = 4  # the first layout that says what its mail says
MAILED = "mail.json"  # what the mail of a closed report says


def broken_down(manifest: Manifest, report: Report) -> dict[str, bytes]:
    """Return them by name; nothing of a report of an earlier layout."""
    if report.breakdown is None:
        return {}
    texts = Texts(report.breakdown.language, report.layout)
    page = framed_in(texts, manifest, body(report, report.breakdown, texts))
    book = workbook(report, report.breakdown, texts)
    made = {"report.html": page.encode(), "report.xlsx": book}
    if manifest.layout >= WITH_MAIL:
        made[MAILED] = _mailed(report, report.breakdown, texts).encode()
    return made


def _mailed(report: Report, found: Breakdown, texts: Texts) -> str:
    """Return the first screen: net of each currency, against normal, what needs someone."""
    nets = {one.currency: one for one in found.compared if one.figure == "net"}
    net, usual = [], []
    for each in report.currencies:
        amount = texts.money(each.net.amount_minor, each.currency)
        payouts = texts.money(each.payouts.amount_minor, each.currency)
        to_bank = texts("first.to_bank", amount=payouts)
        net.append(f"{texts('first.net')}: {amount}. {to_bank}")
        normal = next(against(nets.get(each.currency), report, found, texts))
        usual.append(f"{each.currency}: {normal}")
    is_known = any(one.normal for one in found.compared)
    needs = [texts.need(need) for need in found.needs]
    content = {
        "language": texts.language,
        "net": net or [texts("first.empty")],
        "usual": usual,
        "needs_title": texts("first.needs"),
        "needs": needs or [texts.nothing(is_known, found.findings)],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
