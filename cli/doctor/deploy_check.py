"""`make deploy-check`: looks at the account, its limits and the build before a deployment.

`python -m cli.deploy_check ENV` reads the environment of samconfig.toml. It changes nothing. Each
check says what it saw and, where something would go wrong, what to do; exit 1 then.
"""

import os
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import available_timezones

import boto3
import yaml
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
from pydantic import ValidationError
from rich.table import Table

from cli.doctor.findings import Finding
from cli.output import console
from infra.built_layers import deployed_on, stale_layers
from infra.whole_template import TEMPLATE, whole_template
from kassa.core.money import CURRENCIES
from kassa.gateways.registry import GATEWAYS
from kassa.platform.settings import Settings

ROOT = Path(__file__).parents[2]
SPARE = 10  # concurrent runs that AWS wants left for everything without a cap of its own
UNZIPPED_MAX = 250 * 1024 * 1024  # a function with all its layers; Lambda's own limit
USABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
STUCK = {
    "ROLLBACK_COMPLETE": "its first deployment failed: delete the stack, then deploy again",
    "UPDATE_ROLLBACK_FAILED": "continue the rollback in CloudFormation's console first",
    "DELETE_FAILED": "finish deleting it in CloudFormation's console first",
}
NEVER_CHANGED = ("MerchantId",)


class Environment(NamedTuple):
    """An environment of samconfig.toml: its stack, its region, and its parameters."""

    name: str
    stack_name: str
    region: str | None
    parameters: dict[str, str]


class Template(NamedTuple):
    """What the template says, with an environment's parameters in place of its defaults."""

    mappings: list[dict[str, Any]]  # from queues to functions
    parameters: dict[str, str]
    settings: dict[str, str]  # what the functions' environment will hold


def environment(name: str, config: Path = ROOT / "samconfig.toml") -> Environment:
    """Read an environment; raise ValueError with those there are where there is no such one."""
    known = tomllib.loads(config.read_text())
    names = [one for one, settings in known.items() if isinstance(settings, dict)]
    if name not in names:
        raise ValueError(f"{config.name} has no environment {name}; there are {', '.join(names)}")
    settings = known[name]["deploy"]["parameters"]
    pairs = (one.partition("=") for one in settings.get("parameter_overrides", []))
    return Environment(
        name=name,
        stack_name=settings["stack_name"],
        region=settings.get("region") or os.environ.get("AWS_REGION"),
        parameters={key: value for key, _, value in pairs},
    )


def template(target: Environment, path: Path = TEMPLATE) -> Template:
    """Read the template's queues' mappings, and its parameters as they will be."""
    loaded = yaml.load(whole_template(path), _Loader)
    parameters = {
        name: str(target.parameters.get(name, one.get("Default", "")))
        for name, one in loaded["Parameters"].items()
    }
    resources = loaded["Resources"].values()
    kind = "AWS::Lambda::EventSourceMapping"
    variables = loaded["Globals"]["Function"]["Environment"]["Variables"]
    settings = {name.lower(): parameters.get(str(of), "") for name, of in variables.items()}
    mappings = [one["Properties"] for one in resources if one["Type"] == kind]
    return Template(
        mappings, parameters, {name: value for name, value in settings.items() if value}
    )


class _Loader(yaml.CSafeLoader):
    """Reads `!Ref X` as the name X, and every other short form as nothing of interest."""


def _name(loader: _Loader, node: yaml.ScalarNode) -> object:
    return loader.construct_scalar(node)


_Loader.add_constructor("!Ref", _name)
_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


def look(target: Environment, session: Any, built: Path = ROOT / ".aws-sam/build") -> list[Finding]:
    """Make every check; what can't be asked is itself a finding."""
    planned = template(target)
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("account", lambda: _account(session)),
        ("region", lambda: _region(session)),
        ("concurrency", lambda: _concurrency(session, planned)),
        ("settings", lambda: _settings(planned)),
        ("stack", lambda: _stack(session, target)),
        ("alarms", lambda: _alarms(target, planned)),
        ("build", lambda: _build(built, planned)),
    ]
    return [finding for name, check in checks for finding in _checked(name, check)]


def _checked(name: str, check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except NoCredentialsError:
        return [Finding(name, False, "no AWS credentials", "sign in: 'aws sso login', or a role")]
    except NoRegionError:
        return [Finding(name, False, "no region", "set AWS_REGION, or region in samconfig.toml")]
    except (BotoCoreError, ClientError) as error:
        return [Finding(name, False, f"can't be asked: {error}", "may these credentials ask it?")]


def _account(session: Any) -> Iterator[Finding]:
    me = session.client("sts").get_caller_identity()
    yield Finding("account", True, f"{me['Account']} as {me['Arn'].rpartition(':')[2]}")


def _region(session: Any) -> Iterator[Finding]:
    """See that every service of the template is to be had there."""
    region = session.region_name
    if region is None:
        raise NoRegionError
    needed = ("apigatewayv2", "scheduler", "dynamodb", "lambda", "sqs", "events")
    missing = [one for one in needed if region not in session.get_available_regions(one)]
    advice = f"deploy elsewhere: {', '.join(missing)} isn't in {region}"
    yield Finding("region", not missing, region, advice)


def _concurrency(session: Any, planned: Template) -> Iterator[Finding]:
    """See that the account may run as many at once as queues and reservations can ask for."""
    limit = session.client("lambda").get_account_settings()["AccountLimit"]
    allowed, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    reserved = int(planned.parameters["IntakeConcurrency"])
    capped = sum(_cap(one, planned) for one in planned.mappings)
    seen = f"{allowed} at once in this account; queues ask for up to {capped}"
    advice = (
        "ask for more (Service Quotas, Lambda, Concurrent executions; 1,000 is usual), or lower "
        "the ...Concurrency parameters: what is throttled ends in dead-letter queues"
    )
    yield Finding("concurrency", capped + reserved + SPARE <= allowed, seen, advice)
    if reserved:
        advice = (
            f"{free} aren't reserved yet, and AWS keeps 100 unreserved; lower IntakeConcurrency"
        )
        yield Finding("reserved", reserved + 100 <= free, f"{reserved} reserved", advice)


def _cap(resource: dict[str, Any], planned: Template) -> int:
    """Return how many batches of a queue may run at once."""
    named = (resource.get("ScalingConfig") or {}).get("MaximumConcurrency", 0)
    if isinstance(named, dict):  # an included part spells {Ref: X}
        named = named["Ref"]
    return int(planned.parameters.get(str(named), named) or 0)


def _settings(planned: Template) -> Iterator[Finding]:
    """See what CloudFormation lets through and no function can run with, such as half a minute."""
    advice = "mend the parameter in samconfig.toml"
    try:
        known = Settings.model_validate(planned.settings)
    except ValidationError as error:
        off = ", ".join(str(one["loc"][0]).upper() for one in error.errors())
        yield Finding("settings", False, f"{off} must be a whole number", advice)
        return
    zone, currency = known.merchant_time_zone, known.merchant_currency
    if zone not in available_timezones():
        yield Finding("settings", False, f"{zone} is no time zone of IANA", advice)
    if currency not in CURRENCIES:
        yield Finding("settings", False, f"nobody pays in {currency}", advice)
    for account in known.gateway_accounts.split(","):
        gateway = account.strip().partition("/")[0]
        if gateway not in GATEWAYS:
            seen = f"GatewayAccounts names {account.strip() or 'nothing between two commas'}"
            yield Finding("settings", False, seen, f"there are {', '.join(GATEWAYS)}")


def _stack(session: Any, target: Environment) -> Iterator[Finding]:
    """See that the stack can be updated, and that nothing changes which never may."""
    client = session.client("cloudformation")
    try:
        (stack,) = client.describe_stacks(StackName=target.stack_name)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        yield Finding("stack", True, f"{target.stack_name} will be made")
        return
    status = stack["StackStatus"]
    advice = STUCK.get(status, "wait until it has ended")
    yield Finding("stack", status in USABLE, f"{target.stack_name} is {status}", advice)
    deployed = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
    for name in NEVER_CHANGED:
        was, becomes = deployed.get(name), target.parameters.get(name, deployed.get(name))
        advice = f"{name} stands in every item and path: leave it {was}, or make another stack"
        yield Finding(name, was == becomes, f"{was}, and stays", advice)


def _alarms(target: Environment, planned: Template) -> Iterator[Finding]:
    email = planned.parameters.get("AlarmEmail", "")
    advice = "set AlarmEmail, or subscribe to AlarmsTopic yourself after the deployment"
    is_fine = bool(email) or target.name != "prod"
    yield Finding("alarms", is_fine, f"go to {email or 'nobody'}", advice)


def _build(built: Path, planned: Template) -> Iterator[Finding]:
    """See that there is a build, newer than the code, that fits into Lambda."""
    made = built / "template.yaml"
    if not made.exists():
        yield Finding("build", False, "there is none", "run 'sam build'")
        return
    folders = (ROOT / "functions", ROOT / "layers" / "common")
    newest = max(one.stat().st_mtime for folder in folders for one in folder.rglob("*.py"))
    yield Finding("build", made.stat().st_mtime >= newest, f"{built}", "run 'sam build' again")
    runs = deployed_on()
    stale = ", ".join(f"{name} is for {one}" for name, one in stale_layers(built, runs).items())
    yield Finding("runtime", not stale, stale or runs.stamp, "run 'sam build' again")
    sizes = {one.name: _size(one) for one in built.iterdir() if one.name.endswith("Layer")}
    largest = sum(sorted(sizes.values())[-3:])  # no function has more than three layers
    seen = f"{largest / 1e6:.0f} MB unzipped at most"
    yield Finding("size", largest < UNZIPPED_MAX, seen, "a layer has grown beyond Lambda's limit")


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def main(arguments: list[str]) -> int:
    """Check an environment and print what was seen; 1 where something needs a person."""
    try:
        target = environment(arguments[0] if arguments else "default")
    except ValueError as error:
        sys.stderr.write(f"deploy-check: {error}\n")
        return 2
    findings = look(target, boto3.Session(region_name=target.region))
    lines = Table.grid(padding=(0, 2))
    for finding in findings:
        mark = "[green]ok[/green]" if finding.is_ok else "[red]problem[/red]"
        advice = "" if finding.is_ok else f"\n[bold]{finding.what_to_do}[/bold]"
        lines.add_row(mark, finding.subject, f"{finding.seen}{advice}")
    console().print(lines)
    return int(not all(finding.is_ok for finding in findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
