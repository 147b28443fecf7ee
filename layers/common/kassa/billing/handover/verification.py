"""Whether a hand-over's archive is whole: every file, every sum, every number of the month.

It reads the archive and needs neither stack nor network. The manifest shows what was changed, taken
out or put in by whoever didn't write a new manifest; the certificates, whoever didn't make the
chains anew. Against who did, compare the manifest's hash with the one that the sender tells.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO, NamedTuple
from zipfile import BadZipFile, ZipFile

from kassa.billing.handover.certificates import months_numbers
from kassa.billing.handover.manifest import DOCUMENTS, FORMAT, MANIFEST, NOT_MADE
from kassa.billing.handover.tables import CHANGES, COLUMNS, INDEX, OPEN_ITEMS, TAXES, Sums
from kassa.billing.numbering.certificate import VOID
from kassa.billing.numbering.verification import verified as verified_certificate
from kassa.core.errors import InvalidRequest

MANIFEST_MAX = 256 << 20  # bytes; of a million files
CHUNK_BYTES = 1 << 20

Row = dict[str, str]


class Verified(NamedTuple):
    """What verifying came to."""

    merchant_id: str
    month: str
    documents: int
    files: int
    manifest_sha256: str
    lacking: tuple[str, ...]  # what the archive itself says it lacks
    wrong: tuple[str, ...]  # everything else that is wrong with it

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong and nothing lacks."""
        return not self.lacking and not self.wrong


def verified(file: BinaryIO) -> Verified:
    """Verify an archive; raise InvalidRequest for what is none."""
    try:
        with ZipFile(file) as archive:
            body = _manifest_of(archive)
            manifest = _read(body)
            found = _Verification(archive, manifest)
            found.go_over()
    except (BadZipFile, NotImplementedError, EOFError) as error:
        raise InvalidRequest(f"this is no hand-over: {error}") from None
    return Verified(
        merchant_id=str(manifest["merchant_id"]),
        month=str(manifest["month"]),
        documents=len(found.index),
        files=len(manifest["files"]),
        manifest_sha256=sha256(body).hexdigest(),
        lacking=tuple(
            f"{one['number']}.{one['form']}: {one['why']}" for one in manifest["lacking"]
        ),
        wrong=tuple(found.wrong),
    )


def _manifest_of(archive: ZipFile) -> bytes:
    names = archive.namelist()
    if names.count(MANIFEST) != 1 or archive.getinfo(MANIFEST).file_size > MANIFEST_MAX:
        raise InvalidRequest(f"this is no hand-over: it has no {MANIFEST}")
    return archive.read(MANIFEST)


def _read(body: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(body)
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("handover") != FORMAT:
        raise InvalidRequest(f"this is no hand-over that can be read: its format isn't {FORMAT}")
    lists = ("files", "documents", "open_items", "lacking")
    texts = {"name": "files", "sha256": "files", "number": "lacking", "form": "lacking"}
    texts |= {"why": "lacking"}
    is_read = all(isinstance(manifest.get(name), list) for name in lists)
    for name, where in texts.items():
        is_read = is_read and all(
            isinstance(one, dict) and isinstance(one.get(name), str) for one in manifest[where]
        )
    if not is_read or not all(isinstance(manifest.get(n), str) for n in ("merchant_id", "month")):
        raise InvalidRequest("this is no hand-over that can be read: its manifest says too little")
    return manifest


class _Verification:
    """Goes over an archive and collects all that is wrong with it."""

    def __init__(self, archive: ZipFile, manifest: dict[str, Any]) -> None:
        self._archive, self._manifest = archive, manifest
        self._hashes = {str(one["name"]): str(one["sha256"]) for one in manifest["files"]}
        self.index: dict[str, Row] = {}
        self._certified = set[str]()
        self.wrong: list[str] = []

    def go_over(self) -> None:
        """Check files first; what they say only where they are those of the manifest."""
        self._files()
        if self.wrong:
            return
        try:
            self._index()
            self._tables()
            for name in sorted(self._hashes):
                if name.startswith("certificate-"):
                    self._certificate(name)
            self._numbers_are_certified()
        except (KeyError, TypeError, ValueError, AttributeError, csv.Error) as error:
            self.wrong.append(f"a table or certificate can't be read: {type(error).__name__}")

    def _files(self) -> None:
        """Compare what is in the archive with what the manifest says."""
        names = Counter(self._archive.namelist())
        del names[MANIFEST]
        self.wrong += [f"{name} is there twice" for name, count in names.items() if count > 1]
        for name in sorted(set(names) - set(self._hashes)):
            self.wrong.append(f"{name} was added: the manifest doesn't name it")
        for name, expected in self._hashes.items():
            if name not in names:
                self.wrong.append(f"{name} is missing")
            elif self._hash_of(name) != expected:
                self.wrong.append(f"{name} was changed")
        for name in COLUMNS:
            if name not in self._hashes:
                self.wrong.append(f"{name} is missing: the manifest doesn't name it")

    def _hash_of(self, name: str) -> str | None:
        digest = sha256()
        try:
            with self._archive.open(name) as file:
                for chunk in iter(lambda: file.read(CHUNK_BYTES), b""):
                    digest.update(chunk)
        except (BadZipFile, NotImplementedError, RuntimeError, EOFError):
            return None
        return digest.hexdigest()

    def _rows(self, name: str) -> Iterator[Row]:
        with self._archive.open(name) as file:
            yield from csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""))

    def _index(self) -> None:
        """Read the index, and compare it with the documents that are there."""
        for row in self._rows(INDEX):
            if row["number"] in self.index:
                self.wrong.append(f"{row['number']} stands in {INDEX} twice")
            self.index[row["number"]] = row
        named = {row[form] for row in self.index.values() for form in ("pdf", "xml")} - {""}
        there = {name for name in self._hashes if name.startswith(DOCUMENTS)}
        self.wrong += [f"{name} is in no row of {INDEX}" for name in sorted(there - named)]
        self.wrong += [f"{name} is missing, though {INDEX} names it" for name in named - there]

    def _tables(self) -> None:
        """Add the tables up, and compare with the manifest and with each other."""
        sums, taxes = Sums(), dict[str, tuple[int, int]]()
        for row in self._rows(TAXES):
            net_minor, tax_minor = taxes.get(row["number"], (0, 0))
            added = net_minor + int(row["net_minor"]), tax_minor + int(row["tax_minor"])
            taxes[row["number"]] = added
        for number, row in self.index.items():
            amounts = int(row["tax_minor"] or 0), int(row["gross_minor"])
            sums.add(row["kind"], row["currency"], row["state"] == VOID, amounts)
            stated = int(row["net_minor"] or 0), int(row["tax_minor"] or 0)
            if taxes.pop(number, (0, 0)) != stated:
                self.wrong.append(f"{number} has other taxes in {TAXES} than in {INDEX}")
        self.wrong += [f"{number} stands in {TAXES} alone" for number in taxes]
        owed = {number: row["open_minor"] for number, row in self.index.items()}
        for row in self._rows(OPEN_ITEMS):
            amounts = int(row["open_minor"]), int(row["credit_minor"])
            sums.add_open(row["currency"], *amounts)
            if owed.pop(row["number"], row["open_minor"]) != row["open_minor"]:
                self.wrong.append(f"{row['number']} is open otherwise in {INDEX}")
        self.wrong += [
            f"{one} is open in {INDEX} alone" for one, minor in owed.items() if int(minor)
        ]
        sums.changes = sum(1 for _ in self._rows(CHANGES))
        for name, value in sums.as_fields().items():
            if self._manifest.get(name) != value:
                self.wrong.append(f"the manifest's {name} aren't what the tables come to")

    def _certificate(self, name: str) -> None:
        """Verify a series' certificate, and that the index has each of its numbers of the month."""
        with self._archive.open(name) as file:
            found = verified_certificate(file)
        if found.broken is not None:
            self.wrong.append(f"{name}: {found.broken.number} {found.broken.what}")
            return
        with self._archive.open(name) as file:
            for line in months_numbers(file, str(self._manifest["month"])):
                self._number(line)

    def _number(self, line: dict[str, Any]) -> None:
        number, row = line["printed"], self.index.get(line["printed"])
        if row is None:
            self.wrong.append(f"{number} was issued in the month and isn't in {INDEX}")
            return
        self._certified.add(number)
        stated = line.get("entry") or line["unchained"]
        same = ("kind", "series", "currency", "issued_on")
        if any(row[one] != stated[one] for one in same) or stated["gross_minor"] != int(
            row["gross_minor"]
        ):
            self.wrong.append(f"{number} says something else in {INDEX} than in its certificate")
        if (line["fate"] == VOID) != (row["state"] == VOID):
            self.wrong.append(f"{number} is {row['state']} in {INDEX} alone")
        for form in ("pdf", "xml"):
            self._form(number, row, form, line["documents"].get(form))

    def _form(self, number: str, row: Row, form: str, issued: str | None) -> None:
        """Compare a form with what was issued; what lacks is said by the manifest."""
        name, digest = row[form], row[f"{form}_sha256"]
        if form in row["lacking"] or NOT_MADE in row["lacking"]:
            return
        if name and self._hashes.get(name) != digest:
            self.wrong.append(f"{name} is another file than {INDEX} says")
        elif (digest or None) != issued:
            self.wrong.append(f"{number}.{form} isn't what its certificate says was issued")

    def _numbers_are_certified(self) -> None:
        for number in sorted(set(self.index) - self._certified):
            self.wrong.append(f"{number} stands in {INDEX}, and in no certificate")
