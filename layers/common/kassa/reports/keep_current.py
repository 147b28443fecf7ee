"""Keep reports current, by the clock: alert, close what has ended, compare archive and books."""

from kassa.archive.check_archive import check_archive
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.reports.anomalies.watch_today import watch_today
from kassa.reports.build_report import build_due_reports
from kassa.reports.report import DueReports


def keep_current(time_left_s: TimeLeft) -> DueReports:
    """Do all that is due of reports, and return what was built.

    What can't be alerted fails the run at its end: it keeps no day from being closed.
    """
    try:
        watch_today(clock.now())
    finally:
        due = build_due_reports(clock.now())
        check_archive(clock.now(), time_left_s)
    return due
