"""Canaries: markers where secrets and people's words stand, and every place they may flee to.

A canary is one word, alike nowhere else. `Places.leaks` says where one was found in which it has
no business; what it may be found in stands in `MAY_BE_IN`.
"""

import base64
import gzip
import io
import json
import logging
from typing import Any

import boto3
import pytest

from kassa.platform.telemetry import logger
from tests.support.aws_stack import Stack

# kind of canary -> where it belongs. Whatever else holds it is a leak.
MAY_BE_IN: dict[str, set[str]] = {
    "signing secret": set(),  # Secrets Manager alone, which isn't read here
    "api key": set(),
    "api id": set(),
    "callback secret": set(),
    "report key": set(),
    "malformed secret": set(),
    "request header": set(),
    "query": set(),
    "signature": set(),
    "api token": set(),
    "customer in a body": {"raw bytes", "refused bytes", "large bytes", "message with bytes"},
    "forged body": {"refused bytes"},
    "customer's words": {"comment item", "answer to who asked", "command line on demand"},
    "claim": {"request item", "answer to who asked", "command line on demand"},
    "mistaken field": {"answer to who asked"},
    "person's note": {"item", "answer to who asked", "command line on demand"},
    "policy's words": {"item", "answer to who asked", "command line on demand"},
    "file of the operator": set(),
    "spoilt message": {"message with bytes", "raw bytes"},
}


class Echo:
    """A gateway, or a proxy before it, that answers with whatever it was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def answer(self, headers: Any, body: Any, url: str) -> str:
        """Return an error in everybody's form that quotes the request, in text and in codes."""
        text = " ".join(f"{name}: {value}" for name, value in dict(headers or {}).items())
        scheme, _, key = str(dict(headers or {}).get("Authorization", text)).rpartition(" ")
        if scheme == "Basic":
            key = base64.b64decode(key).decode().rpartition(":")[2]
        sent = f"{url} {text} {key} {body!r}"
        self.sent.append(sent)
        quoted = {"error_code": key, "name": key, "code": key, "message": sent, "issue": key}
        error = {"message": f"Invalid API Key provided: {sent}", "code": key, "type": "card_error"}
        return json.dumps(quoted | {"error": error, "details": [{"issue": key}], "errorCode": key})


class Places:
    """Plants canaries and reads every place that something may be written to."""

    def __init__(self, stack: Stack, logs: pytest.LogCaptureFixture, out: Any) -> None:
        self._stack, self._out = stack, out
        self._text = io.StringIO()  # what libraries log, with their traces, and our lines as JSON
        self._libraries, self._ours = (logging.StreamHandler(self._text) for _ in range(2))
        logging.getLogger().addHandler(self._libraries)
        self._ours.setFormatter(logger.registered_formatter)
        logger.addHandler(self._ours)
        logs.set_level(logging.INFO)
        self.planted: dict[str, str] = {}
        self.outputs: list[tuple[str, str]] = []  # place and text, of what was answered or raised

    def close(self) -> None:
        """Listen to no more logs."""
        logging.getLogger().removeHandler(self._libraries)
        logging.getLogger("kassa").removeHandler(self._ours)

    def plant(self, kind: str, form: str = "{}") -> str:
        """Return a new canary of a kind, in the form that its place wants."""
        assert kind in MAY_BE_IN
        word = form.format(f"cAnArY{len(self.planted):03d}x{'q' * 24}")
        self.planted[word] = kind
        return word

    def collect(self, place: str, text: object) -> None:
        """Keep what was said somewhere."""
        self.outputs.append((place, str(text)))

    def leaks(self) -> list[str]:
        """Return every canary that was found where it doesn't belong, and where that is."""
        found = set()
        for place, text in self._everywhere():
            low = text.lower()
            for word, kind in self.planted.items():
                if word.lower() in low and place not in MAY_BE_IN[kind]:
                    found.add(f"{kind} in {place}")
        return sorted(found)

    def sees(self, word: str, place: str) -> bool:
        """Tell whether a canary is where it belongs: a place that can't be read proves nothing."""
        return any(word in text for where, text in self._everywhere() if where == place)

    def _everywhere(self) -> list[tuple[str, str]]:
        captured = self._out.readouterr()
        self.outputs += [("log or metric", captured.out), ("stderr", captured.err)]
        self.outputs.append(("log or metric", self._text.getvalue()))
        self._take_messages()
        return [*self.outputs, *self._objects(), *self._items()]

    def _take_messages(self) -> None:
        """Read every message of every queue; bytes of a delivery are read as what they are."""
        sqs, found = boto3.client("sqs"), []
        for url in sqs.list_queues().get("QueueUrls", []):
            while messages := sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=900
            ).get("Messages"):
                found += [one["Body"] for one in messages]
        self.outputs += [pair for body in found for pair in _of_message(body)]

    def _objects(self) -> list[tuple[str, str]]:
        s3, found = boto3.client("s3"), []
        for one in s3.list_objects_v2(Bucket=self._stack.bucket).get("Contents", []):
            key = one["Key"]
            body = s3.get_object(Bucket=self._stack.bucket, Key=key)["Body"].read()
            place = {"raw": "raw bytes", "refused": "refused bytes", "large": "large bytes"}.get(
                key.partition("/")[0], "other object"
            )
            found += [("object key", key), (place, _readable(key, body))]
        return found

    def _items(self) -> list[tuple[str, str]]:
        found, named = [], {"COMMENT": "comment item", "REQUEST": "request item"}
        for item in self._stack.items():
            found.append(("table key", f"{item['PK']} {item['SK']}"))
            is_refund = item["PK"]["S"].startswith("REFUND#")
            place = named.get(item["SK"]["S"], "item") if is_refund else "item"
            found.append((place, json.dumps(item, default=repr)))
        return found


def _of_message(body: str) -> list[tuple[str, str]]:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return [("message with bytes", body)]
    carried = message.pop("body_base64", "") if isinstance(message, dict) else ""
    return [
        ("message", json.dumps(message)),
        ("message with bytes", base64.b64decode(carried).decode("utf-8", "replace")),
    ]


def _readable(key: str, body: bytes) -> str:
    text = (gzip.decompress(body) if key.endswith(".gz") else body).decode("utf-8", "replace")
    if key.startswith("refused/"):
        value = json.loads(text)
        return json.dumps(value) + base64.b64decode(value["body"]).decode("utf-8", "replace")
    if key.startswith("raw/"):
        lines = (json.loads(line) for line in text.splitlines())
        return "".join(part for line in lines for _, part in _of_message(line))
    return text
