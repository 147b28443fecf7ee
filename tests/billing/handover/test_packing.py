"""An archive is a zip that any reader opens, also beyond 4 GiB and 65,535 files."""

import io
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.handover import packing
from kassa.billing.handover.packing import PackedFile, Packer, directory, local_header

FILES = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20),
    st.binary(max_size=200),
    max_size=8,
)
GIB = 1 << 30


def packed(files: dict[str, bytes]) -> bytes:
    parts: list[bytes] = []
    packer = Packer(parts.append)
    for name, content in files.items():
        packer.add_file(name, io.BytesIO(content)) if len(content) > 99 else packer.add(
            name, content
        )
    packer.finish()
    return b"".join(parts)


@given(FILES)
def test_what_is_packed_is_read_back(files: dict[str, bytes]) -> None:
    with ZipFile(io.BytesIO(packed(files))) as archive:
        assert archive.testzip() is None
        read = {one.orig_filename: archive.read(one) for one in archive.infolist()}
    assert read == files


def test_a_file_is_stored_with_no_date_and_no_rights_but_reading(tmp_path: Path) -> None:
    [info] = ZipFile(io.BytesIO(packed({"a.csv": b"1"}))).infolist()

    assert isinstance(info, ZipInfo)
    assert (info.compress_type, info.date_time) == (ZIP_STORED, (1980, 1, 1, 0, 0, 0))
    assert info.external_attr >> 16 == 0o100644


def test_parts_are_handed_on_as_they_fill_and_make_the_same_archive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = {"a": b"a" * 150, "b": b"b" * 150}
    whole = packed(content)
    monkeypatch.setattr(packing, "PART_BYTES", 100)
    monkeypatch.setattr(packing, "CHUNK_BYTES", 64)
    parts: list[bytes] = []
    packer = Packer(parts.append)
    for name, body in content.items():
        packer.add_file(name, io.BytesIO(body))
    packer.finish()

    assert len(parts) > 2
    assert all(len(part) >= 100 for part in parts[:-1])
    assert b"".join(parts) == whole


def test_it_goes_on_behind_files_that_were_handed_on_before() -> None:
    whole, parts = packed({"a": b"1", "b": b"2"}), list[bytes]()
    first = Packer(parts.append)
    first.add("a", b"1")
    first.hand_on()
    second = Packer(parts.append, first.files)
    second.add("b", b"2")
    second.finish()

    assert b"".join(parts) == whole


def test_more_than_65_535_files_are_listed() -> None:
    files = {f"{number}": b"" for number in range(65_536)}

    with ZipFile(io.BytesIO(packed(files))) as archive:
        assert len(archive.infolist()) == 65_536
        assert archive.read("65535") == b""


def test_files_behind_4_gib_and_longer_ones_are_found(tmp_path: Path) -> None:
    last = PackedFile("last", 4, 0x9BE3E0A3, "")  # of b"1234"
    files = [PackedFile("long", 5 * GIB, 0, ""), last]
    path = tmp_path / "sparse.zip"
    with path.open("wb") as file:
        file.write(local_header(files[0]))
        file.seek(5 * GIB, io.SEEK_CUR)
        file.write(local_header(last) + b"1234" + directory(files))

    with ZipFile(path) as archive:
        assert [one.file_size for one in archive.infolist()] == [5 * GIB, 4]
        assert archive.read("last") == b"1234"
