"""A stage for the portal: customers with addresses, requests from anywhere, and the mails sent."""

import json
import re
from typing import Any, NamedTuple

import boto3

from functions.serve_portal.app import lambda_handler
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.api_requests import sent
from tests.support.aws_stack import Context, keep_secret
from tests.support.messages import BUYER, FakeCarrier, carrier, let_out, tell

ASK, BEGIN = "POST /portal/sign-in-codes", "POST /portal/sessions"
SHOW, END = "GET /portal/session", "DELETE /portal/sessions/current"
JANE, NOBODY = "jane@buyer.example", "nobody@buyer.example"
HERE = "203.0.113.7"


class Answer(NamedTuple):
    """What a request was answered."""

    status: int
    body: Any
    headers: dict[str, str]


class Portal:
    """A portal whose mails a test reads."""

    def __init__(self, monkeypatch: Any) -> None:
        url = boto3.client("sqs").create_queue(QueueName="messages")["QueueUrl"]
        monkeypatch.setenv("MESSAGES_QUEUE_URL", url)
        settings.cache_clear()
        keep_secret("kassa/sign-in", "portal-secret-" * 4)
        let_out()
        self.ses: FakeCarrier = carrier()
        self._url = url

    def ask(self, email: str = JANE, ip: str = HERE, **fields: Any) -> Answer:
        """Ask for a code."""
        return call(ASK, {"email": email} | fields, ip=ip)

    def queued(self) -> list[str]:
        """Take what waits for send_message."""
        taken = []
        while (
            found := aws.client("sqs")
            .receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
            .get("Messages")
        ):
            for one in found:
                taken.append(one["Body"])
                aws.client("sqs").delete_message(
                    QueueUrl=self._url, ReceiptHandle=one["ReceiptHandle"]
                )
        return taken

    def mail(self) -> list[Any]:
        """Let what was asked for be mailed, and return all mails so far."""
        if queued := self.queued():
            assert tell(*queued) == []
        return self.ses.read

    def code(self, email: str = JANE, **fields: Any) -> dict[str, str]:
        """Ask for a code and read it in the mail: what redeems it."""
        code_id = self.ask(email, **fields).body["code_id"]
        return {"code_id": code_id, "code": digits_in(self.mail()[-1])}

    def token(self, email: str = JANE) -> str:
        """Sign in."""
        answer = call(BEGIN, self.code(email))
        assert answer.status == 201, answer
        return str(answer.body["session_token"])


def call(route: str, body: Any = None, token: str | None = None, ip: str = HERE) -> Answer:
    """Send a request without an API key."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    event = sent(route, body, context=None, **headers)
    event["requestContext"]["http"]["sourceIp"] = ip
    answer = lambda_handler(event, Context())
    text = answer["body"]
    return Answer(answer["statusCode"], json.loads(text), answer["headers"])


def digits_in(mail: Any) -> str:
    """Return the code in a mail."""
    text = mail.get_body(("plain",)).get_content()
    (found,) = set(re.findall(r"\b\d{8}\b", text))
    return str(found)


def named(customer_id: str, order_id: str, email: str | None = JANE, **fields: Any) -> None:
    """Let an order name a customer's address."""
    buyer = Buyer.model_validate(BUYER | {"email": email} | fields)
    assert Customers("main").keep(customer_id, order_id, buyer)
