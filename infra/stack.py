"""How a stack is reached: the embedded one that runs here, or a deployed one by its name.

Alone knows the state file of the embedded stack (`.kassa/stack.json`, `KASSA_STATE` overrides it)
and how a stack's resources are found by their logical ids.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1,localhost"
RESTORED = "RestoredSuffix"  # the parameter that leads everything to a restored table


@dataclass(frozen=True)
class Stack:
    """What is needed to reach a stack; resources go by their logical ids."""

    name: str
    region: str
    base_url: str
    api_id: str
    table: str
    bucket: str
    bus: str
    queues: dict[str, str]  # logical id -> URL
    functions: dict[str, str]  # logical id -> name
    roles: dict[str, str] = field(default_factory=dict)  # logical id -> name
    endpoint_url: str | None = None  # None: AWS itself
    access_key_id: str | None = None
    secret_access_key: str | None = None
    gateway: str | None = None  # who plays the gateway beside the embedded stack
    gateway_url: str | None = None  # its API; Stripe's, where all gateways are played
    gateway_urls: dict[str, str] = field(default_factory=dict)  # gateway -> its API
    workgroup: str | None = None  # of Athena, where AnalyticsEngine is athena
    database: str | None = None  # of Glue, likewise
    receiver_url: str | None = None  # a program beside the embedded stack that is told of facts
    is_training: bool = False  # people learn here: commands call no gateway elsewhere, either
    webhooks: dict[str, str] = field(default_factory=dict)  # gateway -> URL of account main
    secrets: dict[str, str] = field(default_factory=dict)  # gateway -> signing secret
    api_keys: dict[str, str] = field(default_factory=dict)  # gateway -> key of the gateway's API
    pids: dict[str, int] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Return a boto3 client of this stack's region, account and endpoint."""
        import boto3  # what needs no client shouldn't wait for it
        from botocore.config import Config

        return boto3.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            config=Config(retries={"mode": "standard", "max_attempts": 5}, read_timeout=120),
        )

    def webhook_url(self, gateway: str, account: str = "main") -> str:
        """Return the URL that a gateway's account delivers to."""
        return f"{self.base_url}/webhooks/{gateway}/{account}"


def state_path() -> Path:
    """Return where the embedded stack says how it is reached."""
    return Path(os.environ.get("KASSA_STATE") or ROOT / ".kassa" / "stack.json")


def write(stack: Stack) -> None:
    """Publish the embedded stack to every other terminal; readers never see half a file."""
    path = state_path()
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(stack), indent=2) + "\n")
    draft.replace(path)


def reach_loopback_directly() -> None:
    """Keep what runs on this machine away from any proxy that the environment names."""
    for name in ("NO_PROXY", "no_proxy"):
        others = os.environ.get(name)
        os.environ[name] = f"{others},{LOOPBACK}" if others else LOOPBACK


def embedded() -> Stack | None:
    """Return the embedded stack, or None unless it is up and ready."""
    try:
        stack = Stack(**json.loads(state_path().read_text()))
        os.kill(stack.pids["up"], 0)
    except (FileNotFoundError, ProcessLookupError, KeyError):
        return None
    reach_loopback_directly()
    return stack


def from_resources(name: str, cloudformation: Any, **reached: Any) -> Stack:
    """Find a deployed stack's resources by their logical ids."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = [item for page in pages for item in page["StackResourceSummaries"]]
    physical = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources}

    def every(kind: str) -> dict[str, str]:
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for item in resources
            if item["ResourceType"] == kind
        }

    parameters = cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Parameters", [])
    suffix = next((p["ParameterValue"] for p in parameters if p["ParameterKey"] == RESTORED), "")
    api_id, region = physical["KassaApi"], cloudformation.meta.region_name
    reached.setdefault("base_url", f"https://{api_id}.execute-api.{region}.amazonaws.com")
    return Stack(
        name=name,
        region=region,
        api_id=api_id,
        table=physical["PaymentsTable"] + suffix,
        bucket=physical["KassaBucket"],
        bus=physical["KassaBus"],
        queues=every("AWS::SQS::Queue"),
        functions=every("AWS::Lambda::Function"),
        roles=every("AWS::IAM::Role"),
        workgroup=physical.get("ProofWorkGroup"),
        database=physical.get("FactsDatabase"),
        **reached,
    )
