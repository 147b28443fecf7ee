"""Pictures, read without a library."""

import zlib


def pixels(png: bytes) -> list[bytes]:
    """Return the rows of an 8-bit RGBA picture without its filters (PNG specification, 9.2)."""
    width = int.from_bytes(png[16:20], "big") * 4
    data, at = b"", 8
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    raw, rows, above = zlib.decompress(data), list[bytes](), bytes(width)
    for start in range(0, len(raw), width + 1):
        row = bytearray(raw[start + 1 : start + 1 + width])
        for x in range(width):
            left, up = row[x - 4] if x >= 4 else 0, above[x]
            corner = above[x - 4] if x >= 4 else 0
            nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
            row[x] = (row[x] + (0, left, up, (left + up) // 2, nearest)[raw[start]]) % 256
        above = bytes(row)
        rows.append(above)
    return rows
