"""What the kernel says of processes and listeners, where it says so in /proc."""

from collections.abc import Iterator
from pathlib import Path

LISTENING = "0A"
LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}


def in_sessions(sessions: set[int]) -> list[int]:
    """Return the processes that belong to any of the sessions and aren't dead."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) in sessions and fields[0] not in "ZX":
            found.append(int(stat.parent.name))
    return found


def sockets(pid: int) -> Iterator[str]:
    """Yield the inodes of a process's sockets."""
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            yield target.removeprefix("socket:[").removesuffix("]")


def listeners(pids: list[int]) -> list[tuple[str, int]]:
    """Return address (as the kernel writes it) and port of every TCP listener of processes."""
    owned = {inode for pid in pids for inode in sockets(pid)}
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and fields[9] in owned:
                address, _, port = fields[1].partition(":")
                found.append((address, int(port, 16)))
    return found
