"""A backtest as `kassa policy try --archive` makes it, without the words it prints."""

import os
import sys
from datetime import date
from pathlib import Path

from bench.reporting.measured import print_gross


def main(folder: str, last_day: str) -> None:
    """Replay ninety days through docs/policies/new.yaml."""
    os.environ |= {"MERCHANT_TIME_ZONE": "UTC"}
    from cli.policy import files as policy_files
    from cli.policy.local_archive import LocalArchive
    from kassa.platform import aws
    from kassa.refunds.backtest.replay_requests import last_days, replay_requests

    policy = policy_files.check(Path("docs/policies/new.yaml")).without_errors()
    aws.install({"s3": LocalArchive(Path(folder))})
    run = replay_requests(policy, last_days(90, date.fromisoformat(last_day)))
    print_gross({line.before + line.after: line.count for line in run.decisions})


if __name__ == "__main__":
    main(*sys.argv[1:])
