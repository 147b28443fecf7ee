"""What one event costs from webhook to booking, beside a pair of handlers written by hand."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.row import Row
from bench.webhook import SECRET

ROOT = Path(__file__).parents[1]
NAME = "webhook to booking CPU / hand-written boto3 pair"
GOAL = 1.2


def measure() -> list[Row]:
    """Run both pairs against AWS's answers on loopback, in turns, in one process."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.aws_stub"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as stub:
        assert stub.stdout is not None
        figures = _turns(int(stub.stdout.readline()))
        assert stub.stdin is not None
        stub.stdin.close()
    ours, peer = figures["ours_us"], figures["peer_us"]
    return [
        Row(NAME, round(figures["ratio"], 3), "ratio", GOAL, 1.0),
        Row("webhook to booking CPU", round(ours), "us/event", None, round(peer)),
    ]


def _turns(port: int) -> dict[str, float]:
    address = f"http://127.0.0.1:{port}"
    names = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "EVENTS_QUEUE_URL": f"{address}/123456789012/events",
        "TABLE_NAME": "bench",
        "BUCKET_NAME": "bench",
        "BUS_NAME": "bench",
        "SECRETS_PREFIX": "bench",
        "SIGNING_SECRET": SECRET,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'common'}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.booking_turns"],
        cwd=ROOT,
        env=os.environ | names,
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    return figures
