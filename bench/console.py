"""The console's cold start beside a bare handler with Jinja2, each in a process of its own."""

import os
import subprocess
import sys
from statistics import median
from time import perf_counter

from bench.row import Row

ROUNDS = 7
GOAL = 1.3
BARE = (
    "import boto3, jinja2\n"
    "from aws_lambda_powertools import Logger\n"
    "from aws_lambda_powertools.event_handler import APIGatewayHttpResolver\n"
    "Logger(), APIGatewayHttpResolver()\n"
    "jinja2.Environment(autoescape=True).from_string('{{ 1 }}').render()\n"
)
OURS = "import boto3\nimport functions.serve_console.app\n"
ENVIRONMENT = {"PYTHONPATH": ".:layers/common", "AWS_DEFAULT_REGION": "eu-west-1"}


def measure() -> list[Row]:
    """Return how long each takes to be imported, and ours as a part of the bare one."""
    _seconds(BARE), _seconds(OURS)  # so that both are compiled
    pairs = [(_seconds(BARE), _seconds(OURS)) for _ in range(ROUNDS)]
    bare, ours = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(mine / theirs for theirs, mine in pairs)
    return [
        Row("console: a bare Jinja2 handler is loaded in", round(bare, 3), "s"),
        Row("console: serve_console is loaded in", round(ours, 3), "s"),
        Row("console: beside a bare Jinja2 handler", round(ratio, 2), "times", goal=GOAL),
    ]


def _seconds(code: str) -> float:
    begun = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | ENVIRONMENT)
    return perf_counter() - begun
