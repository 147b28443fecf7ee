"""Hold every generated electronic invoice against the official rules: `make judge-invoices`.

It prints a table of counts; a failed rule ends it with 1, a missing judge with 2.
"""

import sys
from collections import Counter
from pathlib import Path

from kassa.billing.documents.totals import worked_out
from kassa.billing.einvoice.checks import problems
from tests.conformance.einvoices.altered import altered
from tests.conformance.einvoices.broken import broken
from tests.conformance.einvoices.cases import Case, cases
from tests.conformance.einvoices.drawn import drawn_cases
from tests.conformance.einvoices.forms import Form, forms
from tests.conformance.einvoices.judge import ROOT, Failure, NoJudge, judged
from tests.conformance.einvoices.orders import order_cases

FOLDER = ROOT / ".kassa/einvoices"
DRAWN = 100
Found = list[tuple[Form, Failure]]


def written(every_case: list[Case], folder: Path) -> list[Form]:
    """Write every case in every form; our own checks let all of them pass."""
    folder.mkdir(parents=True, exist_ok=True)
    every = []
    for case in every_case:
        for profile in case.profiles:
            found = problems(case.document, profile)
            if found:
                raise AssertionError(f"{case.name}: {found}")
        every += forms(case.name, case.document, case.profiles, folder)
    return every


def judge(every: list[Form]) -> Found:
    """Return what the forms break of the rules that concern them."""
    found = judged({form.path: list(form.rule_sets) for form in every})
    return [(form, one) for form in every for one in found[form.path] if form.concerns(one)]


def refused(folder: Path) -> tuple[int, list[str]]:
    """Write what must be refused; return how many were judged, and which rules didn't fail."""
    asked = {path: ([rule_set], rule) for path, rule_set, rule in altered(folder)}
    for at, one in enumerate(one for one in broken() if one.is_judged):
        document = worked_out(one.draft)
        (form,) = forms(f"broken-{at}", document, (one.profile,), folder, only_ubl=True)
        asked[form.path] = (list(form.rule_sets), one.rule)
    found = judged({path: rule_sets for path, (rule_sets, _) in asked.items()})
    silent = [
        f"{path.relative_to(ROOT)}: {rule} didn't fail"
        for path, (_, rule) in asked.items()
        if rule not in {failure.id for failure in found[path]}
    ]
    return len(asked), silent


def print_found(every: list[Form], found: Found) -> int:
    """Print what was judged; return how many rules failed."""
    failed = [(form, one) for form, one in found if one.is_fatal]
    broken = Counter(one.rule_set for _, one in failed)
    warned = Counter(one.rule_set for _, one in found if not one.is_fatal)
    counts = Counter(rules for form in every for rules in form.rule_sets)
    print(f"{'rules':28} {'documents':>9} {'failed':>7} {'warnings':>9}")
    for rules, count in sorted(counts.items()):
        print(f"{rules:28} {count:9} {broken[rules]:7} {warned[rules]:9}")
    for form, failure in failed[:40]:
        print(f"{form.path.relative_to(ROOT)}: {failure.rule_set}: {failure.text}")
    warnings = Counter(one.id for _, one in found if not one.is_fatal)
    print(f"warnings by rule: {dict(warnings)}")
    return len(failed)


def main() -> int:
    """Write, judge and tell."""
    every_case = [*cases(), *order_cases(), *drawn_cases(DRAWN)]
    every = written(every_case, FOLDER)
    try:
        failed = print_found(every, judge(every))
        count, silent = refused(FOLDER)
    except NoJudge as error:
        print(f"not judged: {error}", file=sys.stderr)
        return 2
    print(f"{len(every_case)} documents in {len(every)} files, {failed} failed rules")
    print(*silent, f"{count} broken documents, {count - len(silent)} refused by the rule", sep="\n")
    return 1 if failed or silent else 0


if __name__ == "__main__":
    sys.exit(main())
