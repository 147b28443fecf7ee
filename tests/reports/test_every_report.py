"""All reports of a closed day: what each promises stands where the answer says."""

from datetime import UTC, datetime, timedelta

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.core.periods import PeriodKind
from kassa.platform import aws
from kassa.reports.contents import CONTENTS
from kassa.reports.report import DOCUMENTS
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured

BESIDE = ("manifest.json", "mail.json", "report.xlsx", "report.parquet")  # of each closed period
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_requesting_a_closed_day_says_where_its_reports_stand(
    stack: Stack, fake_clock: FakeClock, context: Context
) -> None:
    archive_facts([captured("pi_1", NOON, (10_00, "EUR"))])
    fake_clock.at = NOON + timedelta(hours=14)
    lambda_handler({}, context)
    client = aws.client("s3")
    kept = client.list_objects_v2(Bucket=stack.bucket, Prefix="reports/")["Contents"]

    answer = lambda_handler({"period": "daily", "day": "2026-11-21"}, context)
    assert answer["keys"]["report.html"] == "reports/main/daily/2026-11-21/report.html"
    assert set(answer["keys"].values()) < {one["Key"] for one in kept}
    daily = [one for one in CONTENTS.values() if PeriodKind.DAILY in one.kinds]
    promised = {name for one in daily for name in one.documents}
    assert set(answer["keys"]) == {*BESIDE, *DOCUMENTS, *promised}
    assert client.list_objects_v2(Bucket=stack.bucket, Prefix="reports/")["Contents"] == kept
