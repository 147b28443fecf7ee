"""What each report of a day takes by itself: processor time, and the peak of the whole process."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.reporting.measured import peak_kib

CLEAR_PEAK = "5"  # what Linux forgets the peak of resident memory by


class Phases:
    """Times the parts of one build; a part that runs within another isn't counted in that one."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, float]] = {}
        self.peak_mib = 0.0
        self._inner_s = 0.0

    def timed(self, name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same function, noting what it takes."""

        def measured(*given: Any) -> Any:
            self.peak_mib = max(self.peak_mib, peak_kib() / 1024)
            forget_peak()
            begun, outer_s = time.process_time(), self._inner_s
            self._inner_s = 0.0
            try:
                return run(*given)
            finally:
                spent = time.process_time() - begun
                self._note(name, spent - self._inner_s)
                self._inner_s = outer_s + spent

        return measured

    def _note(self, name: str, cpu_s: float) -> None:
        before = self.taken.get(name, {"cpu_s": 0.0, "peak_mib": 0.0})
        peak_mib = peak_kib() / 1024
        self.peak_mib = max(self.peak_mib, peak_mib)
        of_name = max(before["peak_mib"], peak_mib)
        self.taken[name] = {"cpu_s": before["cpu_s"] + cpu_s, "peak_mib": of_name}


def forget_peak() -> None:
    """Let the peak begin anew, where the system can."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text(CLEAR_PEAK)


def measure_reports() -> Phases:
    """Time what the deployed code makes of a day, report by report."""
    from kassa.reports import build_report, close_report, contents
    from kassa.reports.store import Reports

    phases, opened = Phases(), close_report.opened

    @contextmanager
    def opening(*given: Any) -> Any:
        manager = opened(*given)
        try:
            yield phases.timed("counting", manager.__enter__)()
        finally:
            manager.__exit__(None, None, None)

    made = dict(contents.CONTENTS)
    contents.CONTENTS = {  # type: ignore[misc]
        name: one._replace(make=phases.timed(str(name), one.make)) for name, one in made.items()
    }
    close_report.opened = opening  # type: ignore[assignment]
    build_report.gather_facts = phases.timed("fetching", build_report.gather_facts)
    close_report.build_documents = phases.timed("summary", close_report.build_documents)
    Reports.keep_day = phases.timed("kept", Reports.keep_day)  # type: ignore[method-assign]
    return phases
