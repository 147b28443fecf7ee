"""How a report is built from here, and how its documents are brought here."""

import json
from pathlib import Path
from typing import Any

from cli.acting import acting
from cli.reports import progress
from cli.stack import chosen, give_up
from infra.stack import Stack, state_path
from kassa.core import stored
from kassa.platform import aws
from kassa.reports.report import BuiltReport, DueReports, ReportRequest


def rebuild(stack: Stack, request: ReportRequest) -> BuiltReport:
    """Ask for a closed report again, from its manifest; that is noted."""
    with acting(stack, "report.rebuild", f"report/{request.period}/{request.day}"):
        return build(stack, request)


def build(stack: Stack, request: ReportRequest) -> BuiltReport:
    """Ask the function for the report; an error it names is printed in one line."""
    with progress.shown(request):
        answer = _invoked(stack, "BuildReportFunction", request.model_dump_json())
    if "errorMessage" in answer:
        give_up(_without_twice(request.day, str(answer["errorMessage"])))
    return stored.read(BuiltReport, answer)


def build_due(stack: Stack) -> DueReports:
    """Ask the function for all that is due, as its schedule does."""
    answer = _invoked(stack, "BuildReportFunction", "{}")
    if "errorMessage" in answer:
        give_up(f"What is due couldn't be built: {answer['errorMessage']}")
    return stored.read(DueReports, answer)


def _without_twice(name: str, message: str) -> str:
    """Return why a report couldn't be built; where the reason names the report, it is enough."""
    return message if name in message else f"The report of {name} couldn't be built: {message}"


def typeset(stack: Stack, built: BuiltReport) -> str:
    """Ask for a built report's PDF, and return where it stands."""
    request = json.dumps({"period": built.period, "day": built.day})
    answer = _invoked(stack, "TypesetReportFunction", request)
    if "errorMessage" in answer:
        give_up(f"The report of {built.day} couldn't be typeset: {answer['errorMessage']}")
    return str(answer["key"])


def _invoked(stack: Stack, function: str, request: str) -> dict[str, Any]:
    """Return what a function answered; `errorMessage` is in it where it failed."""
    answer = stack.client("lambda").invoke(FunctionName=stack.functions[function], Payload=request)
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    return {"errorMessage": payload, **payload} if "FunctionError" in answer else payload


def folder(built: BuiltReport) -> Path:
    """Return where a report's documents lie here, as 'kassa up' lays them: as in the bucket."""
    output = state_path().parent / "output"
    stack = chosen()
    key = Path(built.keys["report.json"])
    return (output / stack if stack else output) / key.parent


def download(stack: Stack, built: BuiltReport, names: set[str], to: Path) -> dict[str, Path]:
    """Bring documents here and return where each lies."""
    to.mkdir(parents=True, exist_ok=True)
    paths = {name: to / name for name in sorted(names)}
    for name, path in paths.items():
        path.write_bytes(body(stack, built.keys[name]))
    return paths


def body(stack: Stack, key: str) -> bytes:
    """Return a document."""
    found: bytes = aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    return found
