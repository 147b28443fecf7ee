"""Whoever gets an archive sees, without us, what was changed, taken out or put in."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.handover.verification import Verified, verified
from kassa.core.errors import InvalidRequest
from tests.support.aws_stack import FakeClock, Stack
from tests.support.handovers import Office, settled

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)
THIRD = datetime(2026, 12, 3, 4, 30, tzinfo=UTC)
TAX = {"category": "S", "rate": "10", "net_minor": 100_00, "tax_minor": 10_00}
FIRST = "documents/2026-00000001.pdf"

Files = dict[str, bytes]


@pytest.fixture
def files(stack: Stack, fake_clock: FakeClock) -> Files:
    """Return the files of an archive: two invoices, one of them open, a credit note, a change."""
    office = Office(stack, fake_clock)
    old = office.issue(datetime(2026, 10, 9, tzinfo=UTC), 20_00)
    office.owe(old, date(2026, 11, 9), settled(20_00, NOVEMBER))
    office.issue(
        datetime(2026, 11, 2, tzinfo=UTC), 110_00, "pdf xml", net_minor=100_00, taxes=[TAX]
    )
    office.owe(office.issue(NOVEMBER, 70_00), date(2026, 12, 4))
    office.issue(NOVEMBER, 10_00, kind=DocumentKind.CREDIT_NOTE, preceding="2026-00000002")
    office.fire(THIRD)
    archive = office.archive("2026-11")
    return {name: archive.read(name) for name in archive.names}


def zipped(files: Files, method: int = ZIP_DEFLATED) -> io.BytesIO:
    body = io.BytesIO()
    with ZipFile(body, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body


def judged(files: Files) -> Verified:
    return verified(zipped(files))


def retold(files: Files) -> Files:
    """Return files with a manifest that names them as they are, as somebody would who knows how."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [
        {"name": name, "size": len(body), "sha256": sha256(body).hexdigest()}
        for name, body in files.items()
        if name != "manifest.json"
    ]
    return files | {"manifest.json": json.dumps(manifest).encode()}


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        assert old in files[name]
        return files | {name: files[name].replace(old, new, 1)}

    return change


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: {one: body for one, body in files.items() if one != name}


def test_packed_again_by_another_program_it_is_still_whole(files: Files) -> None:
    found = judged(files)

    assert (found.wrong, found.lacking, found.is_whole) == ((), (), True)
    assert (found.merchant_id, found.month, found.documents) == ("main", "2026-11", 3)
    assert found.manifest_sha256 == sha256(files["manifest.json"]).hexdigest()


SECOND = "documents/2026-00000002.pdf"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (without(SECOND), f"{SECOND} is missing"),
        (without("index.csv"), "index.csv is missing"),
        (without("certificate-2026.jsonl"), "certificate-2026.jsonl is missing"),
        (replaced(SECOND, b"%PDF", b"%PDE"), f"{SECOND} was changed"),
        (replaced("open-items.csv", b"7000", b"8000"), "open-items.csv was changed"),
        (
            lambda files: files | {"documents/2026-00000009.pdf": b"%PDF"},
            "documents/2026-00000009.pdf was added: the manifest doesn't name it",
        ),
    ],
)
def test_a_file_that_was_taken_out_changed_or_put_in_is_named(
    files: Files, change: Callable[[Files], Files], what: str
) -> None:
    found = judged(change(files))

    assert what in found.wrong
    assert not found.is_whole


def _row_taken_out(files: Files) -> Files:
    rows = files["index.csv"].splitlines(keepends=True)
    return without(SECOND)(without("documents/2026-00000002.xml")(files)) | {
        "index.csv": b"".join(rows[:1] + rows[2:])
    }


def _row_twice(files: Files) -> Files:
    rows = files["index.csv"].splitlines(keepends=True)
    return files | {"index.csv": b"".join([*rows, rows[1]])}


def _another_invoice(files: Files) -> Files:
    row = files["index.csv"].splitlines(keepends=True)[2].replace(b"00000003", b"00000004")
    pdf = files["documents/2026-00000003.pdf"]
    return files | {
        "index.csv": files["index.csv"] + row,
        "documents/2026-00000004.pdf": pdf,
    }


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_row_taken_out, "2026-00000002 was issued in the month and isn't in index.csv"),
        (_row_twice, "2026-00000002 stands in index.csv twice"),
        (_another_invoice, "2026-00000004 stands in index.csv, and in no certificate"),
        (replaced(SECOND, b"%PDF", b"%PDE"), f"{SECOND} is another file than index.csv says"),
        (without(SECOND), f"{SECOND} is missing, though index.csv names it"),
        (
            lambda files: files | {"documents/x.pdf": b"%PDF"},
            "documents/x.pdf is in no row of index.csv",
        ),
        (
            replaced("index.csv", b"11000", b"12000"),
            "2026-00000002 says something else in index.csv than in its certificate",
        ),
        (replaced("index.csv", b",paid,", b",void,"), "2026-00000002 is void in index.csv alone"),
        (
            replaced("taxes.csv", b",1000,", b",1001,"),
            "2026-00000002 has other taxes in taxes.csv than in index.csv",
        ),
        (
            replaced("open-items.csv", b",7000,7000,", b",7000,8000,"),
            "the manifest's open_items aren't what the tables come to",
        ),
        (
            replaced("index.csv", b",7000,7000,,", b",7000,6000,,"),
            "2026-00000003 is open otherwise in index.csv",
        ),
        (
            lambda files: files | {"open-items.csv": files["open-items.csv"].splitlines(True)[0]},
            "2026-00000003 is open in index.csv alone",
        ),
        (
            lambda files: files | {"changes.csv": files["changes.csv"].splitlines(True)[0]},
            "the manifest's changes aren't what the tables come to",
        ),
        (
            replaced("certificate-2026.jsonl", b'"gross_minor": 2000', b'"gross_minor": 1000'),
            "certificate-2026.jsonl: 2026-00000001 was changed: it isn't what its hash says",
        ),
        (
            without("certificate-2026.jsonl"),
            "2026-00000002 stands in index.csv, and in no certificate",
        ),
        (without("taxes.csv"), "taxes.csv is missing: the manifest doesn't name it"),
        (
            lambda files: files | {"index.csv": b"number\r\n1\r\n"},
            "a table or certificate can't be read: KeyError",
        ),
    ],
)
def test_a_manifest_that_was_made_anew_does_not_hide_it(
    files: Files, change: Callable[[Files], Files], what: str
) -> None:
    assert what in judged(retold(change(files))).wrong


def test_a_file_that_is_there_twice_is_named(files: Files) -> None:
    body = zipped(files)
    with ZipFile(body, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SECOND, b"another")

    assert f"{SECOND} is there twice" in verified(body).wrong


def test_a_byte_that_was_lost_on_the_way_is_seen(files: Files) -> None:
    body = zipped(files, 0)
    whole = body.getvalue()
    at = whole.index(files[SECOND])
    found = verified(io.BytesIO(whole[:at] + b"X" + whole[at + 1 :]))

    assert found.wrong == (f"{SECOND} was changed",)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"%PDF",
        zipped({"index.csv": b""}).getvalue(),
        zipped({"manifest.json": b"\xff{"}).getvalue(),
        zipped({"manifest.json": b"[" * 100_000}).getvalue(),
        zipped({"manifest.json": b'{"handover": "kassa-handover/2"}'}).getvalue(),
        zipped({"manifest.json": b'{"handover": "kassa-handover/1", "files": [1]}'}).getvalue(),
    ],
)
def test_what_is_no_hand_over_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="no hand-over"):
        verified(io.BytesIO(body))


def test_what_a_manifest_says_of_the_wrong_kind_is_refused(files: Files) -> None:
    for name, value in {"files": {}, "lacking": [{}], "month": 7, "documents": None}.items():
        manifest: dict[str, Any] = json.loads(files["manifest.json"]) | {name: value}
        with pytest.raises(InvalidRequest, match="says too little"):
            judged(files | {"manifest.json": json.dumps(manifest).encode()})
