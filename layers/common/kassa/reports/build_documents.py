"""Make a period's reports from its manifest and the files it names, and from nothing else."""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from decimal import Decimal
from typing import Any

from kassa.archive import counting, rollups
from kassa.archive.files import FactFolder
from kassa.archive.manifests import LateFiles, Manifest
from kassa.archive.report_names import PLAIN
from kassa.reports.breakdown.breakdown import HISTORY_BY, history_of
from kassa.reports.content import Source
from kassa.reports.contents import contents_of
from kassa.reports.report import Report
from kassa.reports.summary.build_summary import build_summary

# The first layout of manifests whose CSVs begin with a byte order mark: without it Excel takes
# UTF-8 for its own code page.
MARKED_SINCE = 4
_EXPONENT = re.compile(rb"[0-9]e[+-][0-9]")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9.]+e[+-][0-9]+')  # a text, or such a number
COUNTED, EACH = 35, 50  # percent of a build: until facts are counted, and for all reports but one


@contextmanager
def opened(folder: FactFolder, manifest: Manifest) -> Iterator[Source]:
    """Choose and count what a manifest names, once for all that is made of it."""
    with ExitStack() as stack:
        own = LateFiles(period=manifest.period, files=manifest.files, seen=())
        facts, *late = (
            stack.enter_context(_counted(folder, one, manifest.merchant_id))
            for one in (own, *manifest.late)
        )
        earlier = rollups.read(folder, manifest.history, HISTORY_BY)
        history = history_of(manifest.history, earlier)
        yield Source(manifest, facts, folder, late, history)


def _counted(folder: FactFolder, of: LateFiles, merchant_id: str) -> AbstractContextManager[Any]:
    files, seen = folder.paths(of.files), folder.paths(of.seen)
    return counting.counted(files, of.period, merchant_id, seen)


def build_documents(
    source: Source, at: Callable[[str, int], None] = lambda stage, percent: None
) -> tuple[Report, dict[str, bytes]]:
    """Return the transaction summary, and the documents of all reports that the manifest has.

    `at` is called with each report before it is made, and how much was done by then, in percent.
    """
    manifest, late = source.manifest, [counting.tallied(one) for one in source.late]
    report = Report.of(manifest, counting.tallied(source.facts), late)
    made = dict[str, bytes]()
    contents = tuple(contents_of(manifest.layout, manifest.period.kind))
    for number, content in enumerate(contents):
        at(content.documents[0].partition(".")[0], COUNTED + number * EACH // len(contents))
        made |= content.make(source)
    at("summary", COUNTED + EACH)
    report, own = build_summary(source, report, made)
    documents = made | own
    if manifest.layout >= MARKED_SINCE:
        documents = _each(documents, ".csv", lambda body: codecs.BOM_UTF8 + body)
    if manifest.layout >= PLAIN:
        documents = _each(documents, ".json", plain_numbers)
    return report, documents


def _each(
    documents: Mapping[str, bytes], ending: str, make: Callable[[bytes], bytes]
) -> dict[str, bytes]:
    return {name: make(body) if name.endswith(ending) else body for name, body in documents.items()}


def plain_numbers(body: bytes) -> bytes:
    """Return JSON whose numbers have no exponent: Python writes 0.000003 as 3e-06."""
    if not _EXPONENT.search(body):
        return body
    return _TOKEN.sub(lambda found: found[0] if found[0][:1] == b'"' else _plain(found[0]), body)


def _plain(number: bytes) -> bytes:
    return f"{Decimal(number.decode()):f}".encode()
