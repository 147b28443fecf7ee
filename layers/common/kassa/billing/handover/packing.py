"""Files packed into one zip archive, part by part: the same files give the same bytes, everywhere.

Files are stored, not compressed (PDFs are already), so that no release of zlib has a say. A file's
length and CRC stand in front of it, and each is dated 1980-01-01. Source: PKWARE's APPNOTE 6.3.10;
what is beyond 4 GiB or 65,535 files is written as its sections 4.3.14 and 4.5.3 (zip64) say.
"""

import zlib
from collections.abc import Callable, Iterable
from hashlib import sha256
from struct import pack
from typing import BinaryIO, NamedTuple

PART_BYTES = 16 << 20  # S3 takes no smaller part than 5 MiB, and no more than 10,000
CHUNK_BYTES = 1 << 20
_NEEDED, _NEEDED_64 = 20, 45  # versions of the format
_MADE_ON_UNIX = 3 << 8
_UTF_8 = 0x0800
_STORED = 0
_NO_TIME, _FIRST_DAY = 0, 0x0021  # 1980-01-01
_PLAIN_FILE = 0o100644 << 16
_WIDE, _MANY = 0xFFFFFFFF, 0xFFFF  # from here on a field says that zip64's holds it
_ZIP64 = 1


class PackedFile(NamedTuple):
    """A file of an archive."""

    name: str
    size: int  # bytes
    crc32: int
    sha256: str


class Packer:
    """Packs files in the order in which they come, and hands the archive on in parts."""

    def __init__(self, hand_on: Callable[[bytes], None], before: Iterable[PackedFile] = ()) -> None:
        """Begin an archive, or go on behind files that were handed on before."""
        self.files = [*before]
        self._hand_on = hand_on
        self._buffer = bytearray()

    @property
    def is_full(self) -> bool:
        """Whether there is enough for a part."""
        return len(self._buffer) >= PART_BYTES

    def add(self, name: str, content: bytes) -> PackedFile:
        """Pack a small file; nothing is handed on."""
        packed = PackedFile(name, len(content), zlib.crc32(content), sha256(content).hexdigest())
        self._buffer += local_header(packed)
        self._buffer += content
        self.files.append(packed)
        return packed

    def add_file(self, name: str, file: BinaryIO) -> PackedFile:
        """Pack a file of any size, which is read twice, and hand on what is full."""
        packed = _measured(name, file)
        self._buffer += local_header(packed)
        for chunk in _chunks(file):
            self._buffer += chunk
            if self.is_full:
                self.hand_on()
        self.files.append(packed)
        return packed

    def hand_on(self) -> None:
        """Hand on what is packed, as a part."""
        part, self._buffer = bytes(self._buffer), bytearray()
        self._hand_on(part)

    def finish(self) -> None:
        """Pack the list of all files behind them, and hand on the last part."""
        self._buffer += directory(self.files)
        self.hand_on()


def local_header(file: PackedFile) -> bytes:
    """Return what stands in front of a file's bytes."""
    name, is_wide = file.name.encode(), file.size >= _WIDE
    size = _WIDE if is_wide else file.size
    extra = pack("<HHQQ", _ZIP64, 16, file.size, file.size) if is_wide else b""
    needed = _NEEDED_64 if is_wide else _NEEDED
    fixed = (b"PK\3\4", needed, _UTF_8, _STORED, _NO_TIME, _FIRST_DAY, file.crc32, size, size)
    return pack("<4s5H3L2H", *fixed, len(name), len(extra)) + name + extra


def directory(files: Iterable[PackedFile]) -> bytes:
    """Return the list of files that stands behind them."""
    listed, offset, count = bytearray(), 0, 0
    for file in files:
        listed += _listed(file, offset)
        offset += len(local_header(file)) + file.size
        count += 1
    is_wide = count >= _MANY or offset >= _WIDE or len(listed) >= _WIDE
    end_64 = _end_64(count, len(listed), offset) if is_wide else b""
    counts = (min(count, _MANY), min(count, _MANY))
    places = (min(len(listed), _WIDE), min(offset, _WIDE))
    return bytes(listed) + end_64 + pack("<4s4H2LH", b"PK\5\6", 0, 0, *counts, *places, 0)


def _listed(file: PackedFile, offset: int) -> bytes:
    name = file.name.encode()
    wide = [file.size, file.size] if file.size >= _WIDE else []
    wide += [offset] if offset >= _WIDE else []
    extra = pack(f"<HH{len(wide)}Q", _ZIP64, 8 * len(wide), *wide) if wide else b""
    size, needed = min(file.size, _WIDE), _NEEDED_64 if wide else _NEEDED
    what = (_MADE_ON_UNIX | needed, needed, _UTF_8, _STORED, _NO_TIME, _FIRST_DAY, file.crc32)
    lengths = (size, size, len(name), len(extra), 0)
    place = (0, 0, _PLAIN_FILE, min(offset, _WIDE))
    return pack("<4s6H3L5H2L", b"PK\1\2", *what, *lengths, *place) + name + extra


def _end_64(count: int, length: int, offset: int) -> bytes:
    versions = (_MADE_ON_UNIX | _NEEDED_64, _NEEDED_64)
    end = pack("<4sQ2H2L4Q", b"PK\6\6", 44, *versions, 0, 0, count, count, length, offset)
    return end + pack("<4sLQL", b"PK\6\7", 0, offset + length, 1)


def _measured(name: str, file: BinaryIO) -> PackedFile:
    size, crc, digest = 0, 0, sha256()
    for chunk in _chunks(file):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        digest.update(chunk)
    return PackedFile(name, size, crc, digest.hexdigest())


def _chunks(file: BinaryIO) -> Iterable[bytes]:
    file.seek(0)
    return iter(lambda: file.read(CHUNK_BYTES), b"")
