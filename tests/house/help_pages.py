"""The help of the console as pages of the docs: the glossary, and what to do when it is down.

`python -m tests.house.help_pages` writes both from the console's own texts; a test fails while one
isn't current.
"""

from collections.abc import Iterator
from pathlib import Path

from kassa.console.help import tasks
from kassa.console.help.terms import terms_in
from kassa.console.help.texts_of import help_texts
from kassa.reports.localization import LANGUAGES

DOCS = Path(__file__).parents[2] / "docs"
OTHERS = tuple(one for one in LANGUAGES if one != "en")
FROM = "<!-- Written by `python -m tests.house.help_pages` from the texts of the console. -->"


def glossary() -> str:
    """Return the glossary: each term in English with its meaning, and in every other language."""
    lines = [
        *("# Glossary", "", FROM, ""),
        "What the words of payments mean here. The console shows the same list, with the meanings "
        "in its reader's language,",
        "at `/console/glossary`.",
        "",
        f"| term | what it means | {' | '.join(OTHERS)} |",
        f"|{'---|' * (2 + len(OTHERS))}",
        *_terms(),
    ]
    return "\n".join(lines) + "\n"


def _terms() -> Iterator[str]:
    spelled = {one: {term.name: term.spelled for term in terms_in(one)} for one in OTHERS}
    for term in terms_in("en"):
        others = " | ".join(spelled[one][term.name] for one in OTHERS)
        yield f"| **{term.spelled}** | {term.meaning} | {others} |"


def when_down() -> str:
    """Return the sheet for when automation is down, in English."""
    h = help_texts("en")
    redrive, enter = (", ".join(f"`{one}`" for one in of) for of in (tasks.REDRIVE, tasks.ENTER))
    by_hand = [f"{n}. {h('down.' + one)}" for n, one in enumerate(tasks.BY_HAND, 1)]
    waits = [f"| `{one.capitalize()}Queue` | {h('down.' + one)} |" for one in tasks.WAITING]
    lines = [
        *(f"# {h('down.title')}", "", FROM, ""),
        "The console has this page in six languages, made for one sheet of A4 "
        "(`/console/when-down`): print it before it is needed.",
        "",
        *(f"**{h('down.calm')}**", ""),
        *(f"## {h('down.by_hand')}", "", *by_hand, "", h("down.never"), ""),
        *(f"## {h('down.waits')}", "", "| queue | what waits |", "|---|---|", *waits, ""),
        *(h("down.kept"), ""),
        *(f"## {h('down.catch_up')}", ""),
        f"1. {h('down.look')}",
        f"2. {h('down.redrive')} {redrive}.",
        f"3. {h('down.enter')} {enter} ([payments by hand](payments-by-hand.md)).",
        f"4. {h('down.compare')}",
        f"5. {h('down.today')}",
        "",
        "What each alarm asks for is in the [runbook](runbook.md); losing more than a function, in "
        "[operations](operations.md).",
    ]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return each page as it should stand."""
    return {DOCS / "glossary.md": glossary(), DOCS / "when-down.md": when_down()}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
