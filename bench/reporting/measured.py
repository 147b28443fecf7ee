"""What one process took, printed as its last line."""

import json
import resource
from pathlib import Path

Gross = dict[str, int]  # by currency, to see that all programs counted the same


def print_gross(gross: Gross, **more: object) -> None:
    """Print the process's CPU time and its peak of memory."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = used.ru_utime + used.ru_stime
    print(json.dumps({"cpu_s": cpu_s, "peak_mib": peak_kib() / 1024, "gross": gross} | more))


def peak_kib() -> int:
    """Return this program's own peak; rusage's also remembers the process it was forked from."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
