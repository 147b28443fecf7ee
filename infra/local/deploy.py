"""Deploys the packaged template through CloudFormation, by a change set."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from infra.local import differences, package
from infra.local.emulator import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from infra.local.errors import DemoError
from infra.local.place import STRIPE, Place
from infra.stack import Stack, from_resources

STACK = "kassa"
PARAMETERS = {  # the emulator runs its own Python, whatever Runtime says
    "MerchantName": "Kassa Example Shop",
    "MerchantAddress": "1 Example Street|Example Town",
    "MerchantCountry": "FI",
    "MerchantTaxId": "FI01120389",
    "IntakeConcurrency": "6",
    "RetryPace": "quick",  # what fails is tried again while one watches
    "ResendPrincipal": "arn:aws:iam::*:*",  # there is one operator here, without MFA
    "PullAfterSeconds": "0",  # nobody wants to wait for the gateway's fees here
    "UndoMinutesMin": "0",  # nor for somebody's second thoughts
    "ConsoleSignIn": "link",
    "AnalyticsEngine": "athena",  # the emulator's, which is free
}


def deploy(zips: dict[str, Path], folder: Path, place: Place) -> Stack:
    """Deploy the template and return the stack with its addresses."""
    reached: dict[str, Any] = {
        "endpoint_url": place.endpoint_url,
        "gateway": place.gateway,
        "gateway_url": place.gateway_urls[STRIPE],
        "gateway_urls": place.gateway_urls,
        "receiver_url": place.receiver_url,
        "is_training": place.is_training,
        "access_key_id": ACCESS_KEY_ID,
        "secret_access_key": SECRET_ACCESS_KEY,
    }
    bare = Stack(STACK, REGION, "", "", "", "", "", {}, {}, **reached)
    url = package.upload(zips, folder, bare.client("s3"))
    cloudformation = bare.client("cloudformation")
    accounts = ",".join(f"{name}/main" for name in place.gateway_ports)
    given = {"GatewayAccounts": accounts, "TrialHosts": f"127.0.0.1:{place.receiver_port}"}
    given["Training"] = "yes" if place.is_training else "no"
    create(url, cloudformation, PARAMETERS | given)
    stack = from_resources(STACK, cloudformation, base_url="", **reached)
    base_url = f"{place.endpoint_url}/_aws/execute-api/{stack.api_id}/$default"
    stack = replace(stack, base_url=base_url)
    differences.make_good(stack)
    return stack


def create(template_url: str, cloudformation: Any, parameters: dict[str, str]) -> None:
    """Create the stack by a change set, as the SAM CLI does."""
    given = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    names = {"StackName": STACK, "ChangeSetName": "embedded"}
    cloudformation.create_change_set(
        **names,
        ChangeSetType="CREATE",
        TemplateURL=template_url,
        Parameters=given,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    try:
        wait(cloudformation, "change_set_create_complete", **names)
        cloudformation.execute_change_set(**names)
        wait(cloudformation, "stack_create_complete", StackName=STACK)
    except WaiterError as error:
        raise DemoError(
            f"the stack couldn't be deployed: {reason(cloudformation, error)}"
        ) from None


def wait(cloudformation: Any, state: str, **names: str) -> None:
    """Wait for a state of the change set or the stack."""
    waiter = cloudformation.get_waiter(state)
    waiter.wait(**names, WaiterConfig={"Delay": 0.2, "MaxAttempts": 600})


def reason(cloudformation: Any, error: WaiterError) -> str:
    """Return why a deployment failed: the first resource that couldn't be made."""
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    if not failed:
        return str(error.last_response.get("StatusReason") or error)
    first = failed[-1]
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', 'no reason given')}"
