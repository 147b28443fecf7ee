"""How anyone can make another body with the CRC32 of a given one: four bytes are enough."""

from binascii import crc32

_TABLE = [0] * 256
for _number in range(256):
    _value = _number
    for _ in range(8):
        _value = _value >> 1 ^ (0xEDB88320 if _value & 1 else 0)
    _TABLE[_number] = _value
_BY_TOP = {value >> 24: number for number, value in enumerate(_TABLE)}


def with_crc32(template: bytes, target: int) -> bytes:
    """Fill the one `%b` of a template so that the whole has a wanted CRC32.

    The register is run forward over what stands before and backward over what stands after; four
    free bytes lead from one to the other. They must be printable to stay inside a JSON string, so
    a counter before them is raised until they are.
    """
    before, _, after = template.partition(b"%b")
    register = target ^ 0xFFFFFFFF
    for byte in reversed(after):
        number = _BY_TOP[register >> 24]
        register = ((register ^ _TABLE[number]) << 8 | number ^ byte) & 0xFFFFFFFF
    for count in range(10**7):
        start = before + b"%d." % count
        free = _bridge(crc32(start) ^ 0xFFFFFFFF, register)
        if all(32 <= byte < 127 and byte not in b'"\\' for byte in free):
            return start + free + after
    raise AssertionError("no printable bytes found")


def _bridge(register: int, goal: int) -> bytes:
    """Return the four bytes that lead the register from one value to another."""
    numbers = []
    for _ in range(4):
        number = _BY_TOP[goal >> 24]
        numbers.append(number)
        goal = (goal ^ _TABLE[number]) << 8 & 0xFFFFFFFF
    free = bytearray()
    for number in reversed(numbers):
        free.append((register ^ number) & 0xFF)
        register = register >> 8 ^ _TABLE[number]
    return bytes(free)
