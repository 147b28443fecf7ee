"""The parameters that name a report in a path."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from kassa.core.periods import PeriodKind

ReportPeriod = Annotated[PeriodKind, Path(description="How long the reported period is.")]
ReportDay = Annotated[
    str,
    Path(
        description="Which one, in the merchant's time zone: a day as 2026-11-21, a week as"
        " 2026-W47 (2026-S47 where weeks begin on Sunday), a month as 2026-11 (2026-11-F26 where"
        " months begin on the 26th), a window as 2026-11-01..2026-11-17 (with -e2 for the second"
        " edition of its report).",
        pattern=r"^([0-9]{4}-[0-9WSF-]{2,6}|[0-9-]{10}\.\.[0-9-]{10}(-e[0-9]{1,2})?)$",
    ),
]
