"""What a customer wrote stands in one item of its own, which is dropped in time."""

from datetime import timedelta

import boto3

from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.refunds import keys as refund_keys
from kassa.refunds.lists import RefundQueues
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

COMMENT = "the red lamp came in two pieces"


def test_comments_stand_apart_and_end_with_the_raw_bytes(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 60_00, comment=COMMENT)
    holding = [one for one in stage.stack.items() if COMMENT in str(one)]
    assert [one["SK"]["S"] for one in holding] == [refund_keys.COMMENT]
    ends_at = stage.clock.at + timedelta(days=settings().archive_days)
    assert int(holding[0]["expires_at"]["N"]) == int(ends_at.timestamp())
    assert stage.case(case).comment == COMMENT
    assert [one.comment for one in RefundQueues().to_decide(PageRequest()).cases] == [COMMENT]


def test_a_comment_past_its_time_is_read_by_nobody_and_the_request_stays(
    stage: RefundStage,
) -> None:
    case = stage.request_refund(stage.pay(), 60_00, comment=COMMENT)
    stage.clock.at += timedelta(days=settings().archive_days)  # and the table hasn't dropped them
    assert stage.case(case).comment == ""
    assert [one.comment for one in RefundQueues().to_decide(PageRequest()).cases] == [""]
    assert stage.case(case).request == case.request


def test_a_request_without_a_comment_has_no_such_item(stage: RefundStage) -> None:
    stage.request_refund(stage.pay(), 60_00)
    assert refund_keys.COMMENT not in {one["SK"]["S"] for one in stage.stack.items()}


def test_a_comment_that_stands_in_an_older_request_is_still_read(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 60_00)
    key = refund_keys.refund_request(case.request.refund_request_id)
    boto3.client("dynamodb").update_item(
        TableName=stage.stack.table,
        Key={"PK": {"S": key.PK}, "SK": {"S": key.SK}},
        UpdateExpression="SET #words = :words",
        ExpressionAttributeNames={"#words": "comment"},
        ExpressionAttributeValues={":words": {"S": COMMENT}},
    )
    assert stage.case(case).comment == COMMENT
