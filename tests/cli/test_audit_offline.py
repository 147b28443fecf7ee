"""`kassa audit export` and `verify --folder`: a trail as files is verified by them alone."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.audit import commands
from cli.main import app
from functions.watch_gateways.app import lambda_handler as watch
from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.platform import aws
from tests.support.aws_stack import Context
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock


@pytest.fixture
def days(console: Console, fake_clock: FakeClock, tmp_path: Path) -> Path:
    """Export two days of acts and one without, with the heads that the bucket keeps of them."""
    for acts in (3, 0, 2):
        for number in range(acts):
            audit_trail.append(Act(operation="a", object_id=f"x/{number}", by=Actor(key_id="k1")))
        fake_clock.at += timedelta(days=1)
        aws.install({})
        watch({}, Context())  # type: ignore[arg-type]
    audit_trail.append(Act(operation="a", object_id="x/9", by=Actor(key_id="k1")))
    folder, s3 = tmp_path / "days", aws.client("s3")
    result = console.run("audit", "export", str(folder))
    assert result.exit_code == 0, result.output
    assert f"6 items of 3 days are in {folder}" in result.stdout
    (tmp_path / "heads").mkdir()
    for one in s3.list_objects_v2(Bucket=console.made.bucket, Prefix="audit/")["Contents"]:
        kept = s3.get_object(Bucket=console.made.bucket, Key=one["Key"])["Body"].read()
        (tmp_path / "heads" / Path(one["Key"]).name).write_bytes(kept)
    return folder


def verify(folder: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> tuple[int, str]:
    """Verify a folder where no stack and no AWS can be reached."""

    def unreachable(*_: object, **__: object) -> None:
        raise AssertionError("a stack was asked")

    with monkeypatch.context() as offline:
        offline.setattr(aws, "client", unreachable)
        offline.setattr(commands, "connect", unreachable)
        offline.setattr("boto3.client", unreachable)
        offline.setattr("socket.socket.connect", unreachable)
        result = CliRunner().invoke(app, ["audit", "verify", "--folder", str(folder), *more])
    return result.exit_code, result.output


def test_an_exported_trail_is_whole_by_its_files_alone(
    days: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = verify(days, monkeypatch)
    assert (code, "6 items from 2026-11-21 to 2026-11-24" in said) == (0, True), said

    code, said = verify(days, monkeypatch, "--heads", str(days.parent / "heads"))
    assert (code, "3 published heads compared" in said) == (0, True), said


def test_what_was_changed_in_a_file_is_named(days: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = days / "2026-11-21.jsonl"
    path.write_text(path.read_text().replace("x/1", "x/7"))

    code, said = verify(days, monkeypatch)
    assert (code, "2026-11-21/2 was changed" in said) == (1, True), said


def test_a_day_that_is_left_out_is_named(days: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (days / "2026-11-23.jsonl").unlink()
    code, said = verify(days, monkeypatch)
    assert (code, "2026-11-24/1 doesn't follow" in said) == (1, True), said

    code, said = verify(days, monkeypatch, "--heads", str(days.parent / "heads"))
    assert (code, "2026-11-23 has 0 items, but was published with 2" in said) == (1, True), said


def test_what_comes_after_the_head_was_read_isnt_exported(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = Act(operation="a", object_id="x/1", by=Actor(key_id="k1"))
    audit_trail.append(act)
    items = audit_trail.items

    def grows(day: object) -> object:
        audit_trail.append(act)
        return items(day)  # type: ignore[arg-type]

    with monkeypatch.context() as growing:
        growing.setattr(audit_trail, "items", grows)
        console.run("audit", "export", str(tmp_path / "days"))

    assert verify(tmp_path / "days", monkeypatch)[0] == 0
    [line] = (tmp_path / "days" / "2026-11-21.jsonl").read_text().splitlines()
    assert json.loads(line)[0] == "00000001"


@pytest.mark.parametrize(
    ("file", "content", "refused"),
    [
        ("head.json", None, "holds no head.json"),
        ("head.json", "{}", "no head of an audit trail"),
        ("2026-11-21.jsonl", "{}\n", "line 1: no item of an audit trail"),
        ("2026-11-21.jsonl", "gone\n", "line 1: no item of an audit trail"),
    ],
)
def test_what_is_no_export_is_refused_in_one_line(
    days: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: str | None, refused: str
) -> None:
    path = days / file
    path.unlink() if content is None else path.write_text(content)
    code, said = verify(days, monkeypatch)

    assert (code, refused in " ".join(said.split())) == (1, True), said


def test_an_empty_trail_isnt_exported(console: Console, tmp_path: Path) -> None:
    assert "nothing in the audit trail" in console.refused("audit", "export", str(tmp_path))
