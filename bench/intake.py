"""What receive_webhook costs: its cold start and one warm webhook, beside a bare boto3 handler."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import artefacts
from bench.instructions import counted, interpreter, isolated, missing_tool
from bench.row import Row
from bench.webhook import SECRET

ROOT = Path(__file__).parents[1]
OURS = ROOT / "functions" / "receive_webhook"
PEER = ROOT / "bench" / "peers" / "bare_intake"
NAMES = {
    "EVENTS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/events",
    "BUCKET_NAME": "bench",
    "SECRETS_PREFIX": "bench",
    "SIGNING_SECRET": SECRET,
}
INIT = "import app"
FLOOR = "import base64, hashlib, hmac, json, os, time"

COLD = "intake cold init / bare boto3 handler"
SHIPPED = "intake cold init as shipped / warm bytecode"
WARM = "intake warm CPU / verify + json.loads"


def measure() -> list[Row]:
    """Build both artefacts as Lambda unpacks them and measure them in one run."""
    with tempfile.TemporaryDirectory(prefix="kassa-bench-") as folder:
        ours = artefacts.built_layers(Path(folder, "ours"))
        peer = artefacts.bare_boto3(Path(folder, "peer"))
        return [*_cold(ours, peer, Path(folder)), *_warm(ours)]


def _cold(ours: Path, peer: Path, folder: Path) -> list[Row]:
    reason = missing_tool()
    if reason:
        return [
            Row(COLD, None, "x", 0.80, reason=reason),
            Row(SHIPPED, None, "x", 1.02, reason=reason),
        ]
    warm = artefacts.with_warm_bytecode(ours, folder / "warm")
    naive = artefacts.without_bytecode(peer, folder / "naive")
    shipped = counted(INIT, [OURS, ours], NAMES)
    warmed = counted(INIT, [OURS, warm], NAMES)
    bare = counted(INIT, [PEER, peer], NAMES)
    compiling = counted(INIT, [PEER, naive], NAMES)
    least = counted(FLOOR, [], NAMES)
    return [
        Row(COLD, shipped / bare, "x", 0.80, least / bare),
        Row(SHIPPED, shipped / warmed, "x", 1.02, 1.0),
        Row("intake cold init / bare boto3 without bytecode", shipped / compiling, "x"),
        Row("intake cold init", shipped / 1e6, "M instructions", None, least / 1e6),
    ]


def _warm(ours: Path) -> list[Row]:
    with _stubbed_queue() as url:
        environment = NAMES | {"EVENTS_QUEUE_URL": f"{url}/1/events", "AWS_ENDPOINT_URL": url}
        handlers = [str(OURS / "app.py"), str(PEER / "app.py")]
        run = subprocess.run(
            [*interpreter(), "-m", "bench.warm_intake", *handlers],
            env=isolated([ours, ROOT], environment),
            check=True,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
    figures: dict[str, float] = json.loads(run.stderr.splitlines()[-1])
    ours_us, floor_us = figures["ours_us"], figures["floor_us"]
    return [
        Row(WARM, ours_us / floor_us, "x", 40.0, 1.0),
        Row("intake warm CPU / bare boto3 handler", ours_us / figures["peer_us"], "x"),
        Row("intake warm CPU", ours_us, "us", None, floor_us),
    ]


@contextmanager
def _stubbed_queue() -> Iterator[str]:
    command = [sys.executable, "-m", "bench.aws_stub"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as stub:
        assert stub.stdout is not None
        assert stub.stdin is not None
        yield f"http://127.0.0.1:{stub.stdout.readline().strip()}"
        stub.stdin.close()
