"""A person who bought, wrote and was written about: each word of theirs alike nowhere else."""

import base64
import gzip
import json
from typing import Any, NamedTuple

import boto3

from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from tests.support.aws_stack import Stack
from tests.support.billing import BUYER

CUSTOMER = "customer-4711"


class Person(NamedTuple):
    """By what they are found: nothing of it may stand anywhere once they are erased."""

    name: str = "Aino Wqxvirtanen"
    street: str = "Zqxkatu 14 b 7"
    email: str = "aino.wqx@post.example"
    phone: str = "+358 40 7654321"
    comment: str = "Der Zqxtisch wackelt seit dem Umzug"
    note: str = "She called twice, wqxcalled"
    line: str = "Ring, engraved wqxforever"
    payer: str = "Wqxvirtanen A., rent and ring"


PERSON = Person()
WORDS = ("wqx", "zqx", "7654321")  # every text of theirs holds one of these


def buyer() -> Buyer:
    """Return them as an order names them."""
    address = {"lines": [PERSON.street], "city": "Helsinki", "country": "FI"}
    named = {"name": PERSON.name, "email": PERSON.email, "phone": PERSON.phone}
    return Buyer.model_validate(BUYER.model_dump() | named | {"address": address})


def name_buyer(order_id: str, customer_id: str = CUSTOMER) -> None:
    """Let an order be sent with them as its buyer."""
    Customers("main").keep(customer_id, order_id, buyer())


def traces(stack: Stack) -> dict[str, list[str]]:
    """Return every place that holds a word of theirs: items by key, objects by name."""
    found: dict[str, list[str]] = {"items": [], "objects": []}
    for item in stack.items():
        if _is_theirs(json.dumps(item, ensure_ascii=False, default=repr)):
            found["items"].append(f"{item['PK']['S']} {item['SK']['S']}")
    s3 = boto3.client("s3")
    for one in s3.list_objects_v2(Bucket=stack.bucket).get("Contents", []):
        body = s3.get_object(Bucket=stack.bucket, Key=one["Key"])["Body"].read()
        if _is_theirs(_readable(one["Key"], body)):
            found["objects"].append(one["Key"])
    return {place: names for place, names in found.items() if names}


def _is_theirs(text: str) -> bool:
    low = text.lower()
    return any(word in low for word in WORDS)


def _readable(key: str, body: bytes) -> str:
    if not key.endswith(".gz"):
        return body.decode("utf-8", "replace")
    texts = []
    for line in gzip.decompress(body).decode().split("\n"):
        message: Any = json.loads(json.loads(line))
        carried = base64.b64decode(message.get("body_base64", "")).decode("utf-8", "replace")
        texts.append(json.dumps(message, ensure_ascii=False) + carried)
    return "".join(texts)
