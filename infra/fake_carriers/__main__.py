"""Runs the fake carriers: python -m infra.fake_carriers --port 8430 --outbox .kassa/output/mail."""

import argparse
import json
from pathlib import Path
from typing import Any

import boto3

from infra.fake_carriers.carriers import Carriers, Tell
from infra.fake_carriers.outbox import Outbox
from infra.fake_carriers.server import Server


def queue_teller(endpoint_url: str, region: str) -> Any:
    """Return what makes of a queue's URL who is told reports: they are put on that queue."""
    client = boto3.client(
        "sqs",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )

    def teller(queue_url: str) -> Tell:
        def tell(event: dict[str, Any]) -> None:
            client.send_message(QueueUrl=queue_url, MessageBody=json.dumps(event))

        return tell

    return teller


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="infra.fake_carriers")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--outbox", type=Path, required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--region", default="eu-west-1")
    given = parser.parse_args()
    carriers = Carriers(Outbox(given.outbox))
    Server(carriers, queue_teller(given.endpoint, given.region), given.port).serve_forever()


if __name__ == "__main__":
    main()
