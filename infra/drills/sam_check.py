"""Proves that the SAM CLI can validate, build and deploy the template, on an emulator of its own.

What `make run` deploys goes around the SAM CLI, so this goes through it: the artefacts are those
a merchant's account would get, for the runtime that the template names.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3

from infra.built_layers import deployed_on, stale_layers
from infra.drills import import_check
from infra.local import emulator, layers, package
from infra.local.errors import DemoError
from infra.local.layers import ROOT
from infra.whole_template import included

SAM = ROOT / ".venv-sam" / "bin" / "sam"
STACK = "kassa-sam-check"
DIRECTORY = "StaffDirectory"  # a stack within the stack
SHIPPED = (  # what the layers must hold after the build
    "CommonLayer/python/kassa/__init__.py",
    "DependenciesLayer/python/botocore/data/sqs",
    "DocumentsLayer/python/typst",
    "AnalyticsLayer/python/duckdb",
)


def environment(folder: Path, port: int) -> dict[str, str]:
    """Return what the SAM CLI needs to know; it would else write into the user's home."""
    return os.environ | {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": emulator.ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": emulator.SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": emulator.REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(folder / "sam"),
    }


def run_sam(variables: dict[str, str], *arguments: str) -> str:
    """Run one SAM command from the root; show its output only if it failed."""
    begun = time.monotonic()
    done = subprocess.run(
        [SAM, *arguments], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DemoError(f"sam {arguments[0]} failed:\n{done.stdout}\n{done.stderr}")
    print(f"sam {arguments[0]}: passed in {time.monotonic() - begun:.0f} s", flush=True)
    return done.stdout + done.stderr


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_build(build: Path, output: str) -> None:
    """Check the one layout bug that unit tests can't see, and repeat what a recipe warned of."""
    missing = [path for path in SHIPPED if not (build / path).exists()]
    if missing:
        raise DemoError(f"sam build left out {', '.join(missing)}")
    for warning in sorted(set(re.findall(r"WARNING: no Python.*", output))):
        print(warning)


def check_imports(build: Path) -> None:
    """Check that every function finds all it imports in the layers it will have on Lambda."""
    python = import_check.find_python()
    if python is None:
        print("imports: not checked, since the runtime's Python isn't here")
        return
    imported = import_check.import_functions(build, python)
    print(f"imports: {len(imported)} functions import with their own layers alone", flush=True)


def leave_out_unknown(built: Path) -> None:
    """Take out of the built template what the emulator can't make, and say so.

    SAM dumps the template anew and leaves the included parts where they are, so each is copied
    beside it; what is deployed is included by CloudFormation as in an account.
    """
    template, every = built.read_text(), []
    directory = built.parent / DIRECTORY / "template.yaml"
    for path in included():
        known, left_out = package.leave_out_unknown((ROOT / path).read_text())
        every += left_out
        part = built.with_name(Path(path).name)
        part.write_text(known)
        template = re.sub(rf"(Location: )\S*{path}", rf"\1{part.name}", template)
    for whole, text in ((built, template), (directory, directory.read_text())):
        known, left_out = package.leave_out_unknown(text)
        every += left_out
        whole.write_text(known)
    print(f"not deployed here, the emulator can't make it: {' '.join(every)}", flush=True)


def check_stamps(build: Path) -> None:
    """Check that each layer says what it was built for; then take that away, and say so.

    With it the functions would refuse to start here, since the emulator runs its own Python.
    """
    stale = stale_layers(build, deployed_on())
    stamps = list(build.glob("*Layer/python/built_for"))
    if stale or len(stamps) != len(layers.LAYERS):
        raise DemoError(f"of {len(stamps)} layers these are for another runtime: {stale}")
    for stamp in stamps:
        shutil.rmtree(stamp)
    print(f"layers: built for {deployed_on().stamp}, deployed here without saying so", flush=True)


def client_of(endpoint_url: str, service: str) -> Any:
    """Return a client of the emulator."""
    return boto3.client(
        service,
        endpoint_url=endpoint_url,
        region_name=emulator.REGION,
        aws_access_key_id=emulator.ACCESS_KEY_ID,
        aws_secret_access_key=emulator.SECRET_ACCESS_KEY,
    )


def check_directory(endpoint_url: str) -> None:
    """Check that the directory of those who sign in was made, and that the console knows of it."""
    stacks = client_of(endpoint_url, "cloudformation")
    made = {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for page in stacks.get_paginator("list_stack_resources").paginate(StackName=STACK)
        for one in page["StackResourceSummaries"]
    }
    [within] = stacks.describe_stacks(StackName=made[DIRECTORY])["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in within["Outputs"]}
    pools = client_of(endpoint_url, "cognito-idp")
    pool = pools.describe_user_pool(UserPoolId=outputs["UserPoolId"])["UserPool"]
    known = client_of(endpoint_url, "lambda").get_function_configuration(
        FunctionName=made["ServeConsoleFunction"]
    )["Environment"]["Variables"]
    asked = {name: known[f"SIGN_IN_{name}"] for name in ("ISSUER", "CLIENT_ID")}
    if pool["MfaConfiguration"] != "ON" or asked != {
        "ISSUER": outputs["Issuer"],
        "CLIENT_ID": outputs["ClientId"],
    }:
        raise DemoError(f"the console asks {asked}, the directory is {outputs}")
    print("deployed directory: a second factor is asked for, and the console knows of it")


def put_signing_secret(endpoint_url: str) -> None:
    """Give the stack's empty secret its first value, as an operator would."""
    client = client_of(endpoint_url, "secretsmanager")
    held = {"merchant_id": "main", "mode": "test", "signing_secrets": ["whsec_of_this_check"]}
    name = f"{STACK}/webhooks/stripe/main"
    client.put_secret_value(SecretId=name, SecretString=json.dumps(held))


def check_webhook(url: str) -> None:
    """Check that the deployed API refuses an unsigned webhook, as it should."""
    try:
        urlopen(Request(url, data=b"{}", method="POST"), timeout=60).close()
    except HTTPError as error:
        if error.code == 400:
            return
        raise DemoError(f"an unsigned webhook was answered {error.code}, not 400") from None
    raise DemoError("an unsigned webhook was taken in")


def check(folder: Path) -> None:
    """Validate, build and deploy."""
    port, build = free_port(), folder / "build"
    variables = environment(folder, port)
    run_sam(variables, "validate", "--lint", "--region", emulator.REGION)
    output = run_sam(variables, "build", "--build-dir", str(build))
    check_build(build, output)
    check_imports(build)
    check_stamps(build)
    leave_out_unknown(build / "template.yaml")
    aws = emulator.start_emulator(folder, port)
    try:
        emulator.wait_for_emulator(aws, port)
        where = ("--template-file", str(build / "template.yaml"), "--stack-name", STACK)
        how = ("--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-progressbar")
        given = ("--parameter-overrides", "ConsoleSignIn=cognito")
        output = run_sam(variables, "deploy", *where, *how, *given, "--no-confirm-changeset")
        found = re.search(r"http://(\w+)\.execute-api\.\S+/webhooks/stripe/main", output)
        if found is None:
            raise DemoError(f"sam deploy printed no webhook URL:\n{output}")
        host = f"http://127.0.0.1:{port}/_aws/execute-api/{found[1]}/$default"
        put_signing_secret(f"http://127.0.0.1:{port}")
        check_webhook(f"{host}/webhooks/stripe/main")
        print("deployed webhook: refuses what isn't signed")
        check_directory(f"http://127.0.0.1:{port}")
    finally:
        aws.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="kassa-sam-check-") as scratch:
        try:
            check(Path(scratch))
        except DemoError as error:
            sys.exit(f"sam-check: {error}")
