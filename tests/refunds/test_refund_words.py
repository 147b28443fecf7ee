"""What a customer wrote stands in one item of its own, which is dropped in time."""

from datetime import timedelta

import boto3

from kassa.platform.index_pages import Wanted
from kassa.platform.settings import settings
from kassa.refunds import keys as refund_keys
from kassa.refunds.lists import RefundQueues
from tests.support.refund_desk import Desk
from tests.support.refund_desk import desk as desk

WORDS = "the red lamp came in two pieces"


def test_the_words_stand_apart_and_end_with_the_raw_bytes(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 60_00, words=WORDS)
    holding = [one for one in desk.stack.items() if WORDS in str(one)]
    assert [one["SK"]["S"] for one in holding] == [refund_keys.WORDS]
    ends_at = desk.clock.at + timedelta(days=settings().archive_days)
    assert int(holding[0]["expires_at"]["N"]) == int(ends_at.timestamp())
    assert desk.case(case).words == WORDS
    assert [one.words for one in RefundQueues().to_decide(Wanted()).cases] == [WORDS]


def test_words_past_their_time_are_read_by_nobody_and_the_request_stays(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 60_00, words=WORDS)
    desk.clock.at += timedelta(days=settings().archive_days)  # and the table hasn't dropped them
    assert desk.case(case).words == ""
    assert [one.words for one in RefundQueues().to_decide(Wanted()).cases] == [""]
    assert desk.case(case).request == case.request


def test_a_request_without_words_has_no_such_item(desk: Desk) -> None:
    desk.ask(desk.pay(), 60_00)
    assert refund_keys.WORDS not in {one["SK"]["S"] for one in desk.stack.items()}


def test_words_that_stand_in_an_older_request_are_still_read(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 60_00)
    key = refund_keys.refund_request(case.request.refund_request_id)
    boto3.client("dynamodb").update_item(
        TableName=desk.stack.table,
        Key={"PK": {"S": key.PK}, "SK": {"S": key.SK}},
        UpdateExpression="SET words = :words",
        ExpressionAttributeValues={":words": {"S": WORDS}},
    )
    assert desk.case(case).words == WORDS
