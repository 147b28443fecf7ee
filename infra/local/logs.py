"""Keeps the logs of a run that didn't end as expected: the functions', emulator's and gateway's."""

import shutil
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra.stack import Stack


def keep_logs(stack: Stack, home: Path) -> Path:
    """Copy every log into one folder, since the run's own folder is deleted; return where."""
    kept = home / "logs"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for log in home.glob("run-*/*.log"):
        shutil.copy(log, kept)
    try:
        keep_function_logs(stack, kept)
    except (BotoCoreError, ClientError) as error:
        (kept / "functions.log").write_text(f"the functions' logs couldn't be read: {error}\n")
    return kept


def keep_function_logs(stack: Stack, kept: Path) -> None:
    """Write each function's log into a file of its own."""
    client = stack.client("logs")
    for group in client.describe_log_groups()["logGroups"]:
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        )
        lines = [event["message"].rstrip() for page in pages for event in page["events"]]
        if lines:
            name = group["logGroupName"].rpartition("/")[2]
            (kept / f"{name}.log").write_text("\n".join(lines) + "\n")
