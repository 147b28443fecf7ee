"""Both releases of the code, and the way from one to the other.

CloudFormation replaces functions one by one, in an order that nobody chooses. The emulator updates
all at once, so before each update the functions are led to the other layer one by one, in a drawn
order; the update of the stack then only catches up with them.
"""

import random
import re
import shutil
import time
from typing import Any

from botocore.exceptions import WaiterError

from infra.drills.upgrade.next_release import make_next
from infra.local import deploy, differences, layers, package
from infra.local.errors import DemoError
from infra.local.place import Place
from infra.stack import Stack

STEP_S = 0.3


class Releases:
    """Both releases of the layer, and the way from one to the other."""

    def __init__(self, stack: Stack, place: Place, drawn: random.Random) -> None:
        self._stack, self._drawn = stack, drawn
        self._cloudformation = stack.client("cloudformation")
        self._lambda = stack.client("lambda")
        self._template = deployed_template(self._cloudformation)
        folder, zipped = layers.build(layers.OURS, place.cache)
        made = place.home / "next"
        shutil.rmtree(made, ignore_errors=True)
        make_next(folder, made)
        self._zips = {"this": zipped, "next": layers.link(made)}

    def go_to(self, release: str) -> None:
        """Lead the functions there one by one, then let the stack follow."""
        key = f"upgrade/{release}/common.zip"
        s3 = self._stack.client("s3")
        s3.put_object(Bucket=package.BUCKET, Key=key, Body=self._zips[release].read_bytes())
        self._lead_functions(key, release)
        template = with_layer(self._template, f"s3://{package.BUCKET}/{key}")
        update(self._stack, template, f"upgrade/{release}/template.yaml")

    def _lead_functions(self, key: str, release: str) -> None:
        leaving = self._deployed_layer()
        published = self._lambda.publish_layer_version(
            LayerName=f"{self._stack.name}-{release}",
            Content={"S3Bucket": package.BUCKET, "S3Key": key},
        )["LayerVersionArn"]
        names = sorted(self._stack.functions.values())
        for name in self._drawn.sample(names, len(names)):
            held = self._lambda.get_function_configuration(FunctionName=name)["Layers"]
            arns = [published if one["Arn"] == leaving else one["Arn"] for one in held]
            self._lambda.update_function_configuration(FunctionName=name, Layers=arns)
            time.sleep(STEP_S)

    def _deployed_layer(self) -> str:
        """Return the ARN of the stack's CommonLayer; SAM ends its logical id with a digest."""
        found = self._cloudformation.describe_stack_resources(StackName=self._stack.name)
        (arn,) = (
            str(one["PhysicalResourceId"])
            for one in found["StackResources"]
            if re.fullmatch(r"CommonLayer\w*", one["LogicalResourceId"])
            and one["ResourceStatus"] != "DELETE_COMPLETE"
        )
        return arn


def deployed_template(cloudformation: Any) -> str:
    """Return the template that the stack was made from."""
    answer = cloudformation.get_template(StackName=deploy.STACK, TemplateStage="Original")
    return str(answer["TemplateBody"])


def with_layer(template: str, uri: str) -> str:
    """Return the template with another CommonLayer, and nothing else changed."""
    changed, found = re.subn(
        rf"\bContentUri: s3://\S+/{layers.OURS}\.zip", f"ContentUri: {uri}", template
    )
    if found != 1:
        raise DemoError(
            f"the deployed template names {found} packages of {layers.OURS}, not one: "
            "see with_layer in infra/drills/upgrade/releases.py"
        )
    return changed


def update(stack: Stack, template: str, key: str) -> None:
    """Update the stack to a template, with the parameters that it has."""
    stack.client("s3").put_object(Bucket=package.BUCKET, Key=key, Body=template.encode())
    cloudformation = stack.client("cloudformation")
    known = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["Parameters"]
    cloudformation.update_stack(
        StackName=stack.name,
        TemplateURL=f"{stack.endpoint_url}/{package.BUCKET}/{key}",
        Parameters=[
            {"ParameterKey": one["ParameterKey"], "UsePreviousValue": True} for one in known
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    try:
        deploy.wait(cloudformation, "stack_update_complete", StackName=stack.name)
    except WaiterError as error:
        raise DemoError(
            f"the stack couldn't be updated: {deploy.reason(cloudformation, error)}"
        ) from None
    differences.make_good(stack)  # the emulator forgets caps when it updates; AWS doesn't
