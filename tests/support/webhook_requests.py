"""Requests about webhook endpoints, of somebody who may make them."""

import json
from typing import Any

from functions.serve_webhooks.app import lambda_handler as serve
from tests.support.api_requests import sent
from tests.support.aws_stack import Context

LET_IN = {"key_id": "0123456789abcdef", "person_id": "person_0123456789ab"}
ONE = "/webhook-endpoints/{endpoint_id}"


def ask(route: str, endpoint_id: str = "", body: Any = None) -> tuple[int, Any]:
    """Return the status and what was answered: an object, or why it was refused."""
    event = sent(route, body, LET_IN)
    path = route.partition(" ")[2].replace("{endpoint_id}", endpoint_id)
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    answer = serve(event, Context())
    found = json.loads(answer["body"])
    return answer["statusCode"], found.get("error", found)
