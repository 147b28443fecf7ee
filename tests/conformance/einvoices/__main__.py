"""Hold every generated electronic invoice against the official rules: `make judge-invoices`.

It prints a table of counts; a failed rule ends it with 1, a missing judge with 2.
"""

import sys
from collections import Counter
from pathlib import Path

from kassa.billing.einvoice.ubl import ubl_bytes
from tests.conformance.einvoices.cases import Case, cases
from tests.conformance.einvoices.judge import ROOT, Failure, NoJudge, judged

FOLDER = ROOT / ".kassa/einvoices"


def written(folder: Path) -> dict[Path, list[str]]:
    """Write every case in every form, and say by which rules each is judged."""
    folder.mkdir(parents=True, exist_ok=True)
    return {path: rules for case in cases() for path, rules in _forms(case, folder)}


def _forms(case: Case, folder: Path) -> list[tuple[Path, list[str]]]:
    forms = []
    for profile in case.profiles:
        path = folder / f"{case.name.replace(' ', '-')}.{profile.name}.ubl.xml"
        path.write_bytes(ubl_bytes(case.document, "2026-000123", profile))
        forms.append((path, ["UBL 2.1 Invoice", "EN 16931 UBL"]))
    return forms


def tell(asked: dict[Path, list[str]], found: dict[Path, list[Failure]]) -> int:
    """Print what was judged; return how many rules failed."""
    failed = [(path, one) for path, failures in found.items() for one in failures if one.is_fatal]
    warned = Counter(
        one.rule_set for failures in found.values() for one in failures if not one.is_fatal
    )
    broken = Counter(one.rule_set for _, one in failed)
    judgements = Counter(rules for path in asked for rules in asked[path])
    print(f"{'rules':28} {'documents':>9} {'failed':>7} {'warnings':>9}")
    for rules, count in sorted(judgements.items()):
        print(f"{rules:28} {count:9} {broken[rules]:7} {warned[rules]:9}")
    for path, failure in failed:
        print(f"{path.relative_to(ROOT)}: {failure.rule_set}: {failure.text}")
    return len(failed)


def main() -> int:
    """Write, judge and tell."""
    asked = written(FOLDER)
    try:
        failed = tell(asked, judged(asked))
    except NoJudge as error:
        print(f"not judged: {error}", file=sys.stderr)
        return 2
    print(f"{len(asked)} documents, {failed} failed rules")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
