"""An archive stands whole or not at all, whoever dies, comes twice, or comes at the same time."""

import base64
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kassa.billing.handover import build_handover, packing
from kassa.billing.handover.verification import verified
from kassa.platform import aws
from tests.support.aws_stack import FakeClock, Stack, objects
from tests.support.handovers import Office

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)
THIRD = datetime(2026, 12, 3, 4, 30, tzinfo=UTC)
KEY = "handovers/main/2026-11.zip"
SMALL_PART = 5 << 10
DOCUMENTS, PARTS = 8, 3  # documents of 2 KB: three in a part

Hook = Callable[[str, dict[str, Any]], None]


@pytest.fixture(autouse=True)
def _over_the_wire(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore see each call to S3, so that it can be counted, and ended."""
    monkeypatch.setattr(objects, "is_open", False)


@pytest.fixture
def office(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(packing, "PART_BYTES", SMALL_PART)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", SMALL_PART)
    monkeypatch.setattr(build_handover, "AT_ONCE", 1)
    monkeypatch.setattr("tests.support.handovers.PDF", b"%PDF" + b"0" * (2 << 10))
    office = Office(stack, fake_clock)
    for _ in range(DOCUMENTS):
        office.issue(NOVEMBER)
    return office


@pytest.fixture
def s3() -> Iterator[Callable[[Hook], None]]:
    """Return how to see what S3 is asked for, before it is; a hook may raise."""
    hooks: list[Hook] = []

    def seen(params: dict[str, Any], model: Any, **_: Any) -> None:
        for hook in hooks:
            hook(model.name, params)

    events = aws.client("s3").meta.events
    events.register("provide-client-params.s3", seen)
    yield hooks.append
    events.unregister("provide-client-params.s3", seen)


def counted(s3: Callable[[Hook], None]) -> Counter[str]:
    asked: Counter[str] = Counter()
    s3(lambda operation, _: asked.update([operation]))
    return asked


class Died(BaseException):
    """The worker was stopped."""


def dying_at(s3: Callable[[Hook], None], operation: str, nth: int) -> Callable[[], None]:
    """Let the worker die before it asks for something the nth time; return how to spare it."""
    left = [nth]

    def hook(asked: str, params: dict[str, Any]) -> None:
        if asked != operation or "invoices/" in params["Key"]:
            return
        left[0] -= 1
        if left[0] == 0:
            raise Died

    def spare() -> None:
        left[0] = 0

    s3(hook)
    return spare


def is_whole(office: Office) -> bool:
    return verified(io.BytesIO(office.bytes_of("2026-11"))).is_whole


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "UploadPart")


def test_what_stands_is_never_built_again(office: Office, s3: Callable[[Hook], None]) -> None:
    office.fire(THIRD)
    asked = counted(s3)

    assert office.fire(THIRD) == {"month": "2026-11", "key": KEY, "is_built": True}
    assert asked == {"HeadObject": 1}


def test_the_archive_is_asked_to_stand_only_where_none_does(
    office: Office, s3: Callable[[Hook], None]
) -> None:
    put: list[tuple[str, str | None]] = []
    s3(lambda operation, params: put.append((operation, params.get("IfNoneMatch"))))
    office.fire(THIRD)

    writes = [one for one in put if one[0] in ("PutObject", "CompleteMultipartUpload")]
    assert len(writes) == 1 + (PARTS - 1) + 1  # what was begun, full parts, the archive
    assert {condition for _, condition in writes} == {"*"}


def test_each_step_of_the_upload_names_the_parts_checksum(
    office: Office, s3: Callable[[Hook], None]
) -> None:
    """S3 refuses to complete an upload whose parts have one and whose completion doesn't."""
    asked: dict[str, list[dict[str, Any]]] = {}
    s3(lambda operation, params: asked.setdefault(operation, []).append({**params}))
    office.fire(THIRD)

    [begun], [completed] = asked["CreateMultipartUpload"], asked["CompleteMultipartUpload"]
    assert begun["ChecksumAlgorithm"] == "CRC32"
    uploaded = {one["PartNumber"]: one["ChecksumCRC32"] for one in asked["UploadPart"]}
    parts = completed["MultipartUpload"]["Parts"]
    assert {one["PartNumber"]: one["ChecksumCRC32"] for one in parts} == uploaded
    assert len(uploaded) >= PARTS
    body = asked["UploadPart"][0]["Body"]
    assert base64.b64decode(uploaded[1]) == zlib.crc32(body).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("operation", "nth"),
    [
        *(("CreateMultipartUpload", 1), ("UploadPart", 1), ("UploadPart", 2), ("UploadPart", 3)),
        *(("PutObject", 1), ("PutObject", 2), ("PutObject", 3), ("CompleteMultipartUpload", 1)),
    ],
)
def test_whoever_comes_after_a_death_goes_on_and_ends_with_the_same_bytes(
    office: Office, s3: Callable[[Hook], None], operation: str, nth: int
) -> None:
    office.fire(THIRD)
    expected = office.bytes_of("2026-11")
    office.lose_handovers()
    spare = dying_at(s3, operation, nth)
    with pytest.raises(Died):
        office.fire(THIRD)
    assert KEY not in office.handed_over()
    spare()

    assert office.fire(THIRD)["is_built"]
    assert office.bytes_of("2026-11") == expected


def test_documents_that_were_uploaded_are_not_read_again(
    office: Office, s3: Callable[[Hook], None]
) -> None:
    spare = dying_at(s3, "CompleteMultipartUpload", 1)
    with pytest.raises(Died):
        office.fire(THIRD)
    spare()
    read: list[str] = []
    s3(lambda operation, params: read.append(params["Key"]) if operation == "GetObject" else None)
    office.fire(THIRD)

    assert len([key for key in read if key.startswith("invoices/")]) == DOCUMENTS - 2 * 3


def test_time_that_runs_out_leaves_the_rest_to_the_next_call(office: Office) -> None:
    left = iter([600.0] * 5 + [10.0])
    office.context.get_remaining_time_in_millis = lambda: int(next(left) * 1000)  # type: ignore[method-assign]
    assert office.fire(THIRD) == {"month": "2026-11", "key": KEY, "is_built": False}

    office.context.get_remaining_time_in_millis = lambda: 600_000  # type: ignore[method-assign]
    assert office.fire(THIRD)["is_built"]
    assert is_whole(office)


def test_a_builder_that_is_overtaken_leaves_the_archive_that_stands(
    office: Office, s3: Callable[[Hook], None]
) -> None:
    others: list[dict[str, Any]] = []

    def overtake(operation: str, params: dict[str, Any]) -> None:
        if operation == "UploadPart" and params["PartNumber"] == 2 and not others:
            others.append({})
            others[0] = office.fire(THIRD)
            raise refusal("NoSuchUpload")  # as S3 says of an upload that is over

    s3(overtake)
    assert office.fire(THIRD)["is_built"] is False
    assert others[0]["is_built"]
    assert is_whole(office)
    assert office.fire(THIRD)["is_built"]


def test_parts_of_two_builders_that_differ_are_never_mixed(
    office: Office, s3: Callable[[Hook], None]
) -> None:
    first = "invoices/main/2026/2026-00000001.pdf"
    body = aws.client("s3").get_object(Bucket=office.stack.bucket, Key=first)["Body"].read()
    aws.client("s3").delete_object(Bucket=office.stack.bucket, Key=first)
    spare, overtaken = dying_at(s3, "CompleteMultipartUpload", 1), list[bool]()

    def overtake(operation: str, params: dict[str, Any]) -> None:
        if operation == "UploadPart" and not overtaken:
            overtaken.append(True)
            aws.client("s3").put_object(Bucket=office.stack.bucket, Key=first, Body=body)
            with pytest.raises(Died):
                office.fire(THIRD)

    s3(overtake)
    assert office.fire(THIRD)["is_built"] is False  # another noted other bytes of the first part
    spare()
    assert office.fire(THIRD)["is_built"] is False  # the part isn't what was noted: given up
    assert office.fire(THIRD)["is_built"]
    assert is_whole(office)


@pytest.mark.parametrize("code", ["NoSuchUpload", "InvalidPart", "ConditionalRequestConflict"])
def test_an_upload_that_is_gone_is_given_up_and_begun_anew(
    office: Office, s3: Callable[[Hook], None], code: str
) -> None:
    gone = [True]

    def refuse(operation: str, params: dict[str, Any]) -> None:
        if operation == "CompleteMultipartUpload" and gone:
            gone.clear()
            raise refusal(code)

    s3(refuse)
    assert office.fire(THIRD)["is_built"] is False
    assert "handovers/main/2026-11.progress/1/given-up.json" in office.handed_over()

    assert office.fire(THIRD)["is_built"]
    assert "handovers/main/2026-11.progress/2/00000.json" in office.handed_over()
    assert is_whole(office)
