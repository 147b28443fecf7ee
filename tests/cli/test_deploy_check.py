"""What `make deploy-check` sees of an account, a stack and a build before a deployment."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from cli.doctor.checks import Finding
from cli.doctor.deploy_check import ROOT, Environment, environment, look, main

PROD = environment("prod")._replace(parameters={"AlarmEmail": "ops@shop.example"})


class Account:
    """An AWS account, as boto3 shows it: what a test says of it."""

    def __init__(self, **account: Any) -> None:
        self.region_name = account.pop("region", "eu-west-1")
        self._account = {"concurrent": 1_000, "status": None, "merchant": "main"} | account

    def client(self, name: str) -> "Account":
        """Stand for every client."""
        return self

    def get_available_regions(self, service: str) -> list[str]:
        """Return where a service is to be had."""
        return ["eu-west-1"]

    def get_caller_identity(self) -> dict[str, str]:
        """Return who asks."""
        if self._account.get("is_nobody"):
            raise NoCredentialsError
        return {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:role/deploys"}

    def get_account_settings(self) -> dict[str, Any]:
        """Return the account's limits."""
        limit = self._account["concurrent"]
        return {
            "AccountLimit": {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit}
        }

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        """Return how the stack stands."""
        if self._account["status"] is None:
            why = {
                "Code": "ValidationError",
                "Message": f"Stack with id {StackName} does not exist",
            }
            raise ClientError({"Error": why}, "DescribeStacks")
        merchant = {"ParameterKey": "MerchantId", "ParameterValue": self._account["merchant"]}
        return {"Stacks": [{"StackStatus": self._account["status"], "Parameters": [merchant]}]}


def seen(target: Environment, tmp_path: Path, **account: Any) -> dict[str, Finding]:
    """Return what is seen, by subject."""
    return {one.subject: one for one in look(target, Account(**account), tmp_path)}


def built(tmp_path: Path, megabytes: int = 1) -> Path:
    """Leave a build behind."""
    (tmp_path / "template.yaml").write_text("")
    (tmp_path / "CommonLayer").mkdir()
    with (tmp_path / "CommonLayer" / "code").open("wb") as code:
        code.truncate(megabytes * 1024 * 1024)
    return tmp_path


def test_an_account_that_is_ready_has_nothing_to_be_done(tmp_path: Path) -> None:
    findings = seen(PROD, built(tmp_path), status="UPDATE_COMPLETE").values()
    assert [one for one in findings if not one.is_ok] == []


def test_the_concurrency_of_a_new_account_is_held_against_what_queues_ask_for(
    tmp_path: Path,
) -> None:
    finding = seen(PROD, tmp_path, concurrent=10)["concurrency"]
    assert not finding.is_ok
    assert finding.seen.startswith("10 at once in this account; queues ask for up to ")
    assert not finding.seen.endswith(" 0")


def test_what_the_door_reserves_leaves_a_hundred_for_the_rest(tmp_path: Path) -> None:
    target = PROD._replace(parameters={"IntakeConcurrency": "950"})
    assert not seen(target, tmp_path)["reserved"].is_ok
    target = PROD._replace(parameters={"IntakeConcurrency": "20"})
    assert seen(target, tmp_path)["reserved"].is_ok


@pytest.mark.parametrize(
    ("status", "is_ok"),
    [
        (None, True),
        ("CREATE_COMPLETE", True),
        ("UPDATE_ROLLBACK_COMPLETE", True),
        ("ROLLBACK_COMPLETE", False),
        ("UPDATE_ROLLBACK_FAILED", False),
        ("UPDATE_IN_PROGRESS", False),
    ],
)
def test_a_stack_that_cant_be_updated_is_reported_as_such(
    status: str | None, is_ok: bool, tmp_path: Path
) -> None:
    assert seen(PROD, tmp_path, status=status)["stack"].is_ok is is_ok


def test_the_merchants_id_never_changes(tmp_path: Path) -> None:
    target = PROD._replace(parameters={"MerchantId": "other"})
    assert not seen(target, tmp_path, status="UPDATE_COMPLETE")["MerchantId"].is_ok
    assert seen(PROD, tmp_path, status="UPDATE_COMPLETE")["MerchantId"].is_ok


def test_a_build_is_needed_that_is_new_and_fits(tmp_path: Path) -> None:
    assert not seen(PROD, tmp_path)["build"].is_ok
    assert not seen(PROD, built(tmp_path, megabytes=251))["size"].is_ok


def test_alarms_of_production_go_to_somebody(tmp_path: Path) -> None:
    assert not seen(PROD._replace(parameters={}), tmp_path)["alarms"].is_ok
    assert seen(environment("dev"), tmp_path)["alarms"].is_ok


def test_what_cant_be_called_is_a_finding_of_its_own(tmp_path: Path) -> None:
    findings = seen(PROD, tmp_path, is_nobody=True, region=None)
    assert "sign in" in findings["account"].what_to_do
    assert "AWS_REGION" in findings["region"].what_to_do


def test_every_environment_deploys_a_stack_of_its_own() -> None:
    names = [environment(one).stack_name for one in ("dev", "staging", "prod")]
    assert len(set(names)) == 3
    assert environment("default").parameters == {}


def test_an_unknown_environment_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nope"]) == 2
    message = capsys.readouterr().err
    assert message == (
        "deploy-check: samconfig.toml has no environment nope; "
        "there are default, dev, staging, prod\n"
    )


def test_environments_set_only_parameters_that_the_template_has() -> None:
    template = (ROOT / "template.yaml").read_text()
    for name in ("dev", "staging", "prod"):
        assert all(f"\n  {one}:\n" in template for one in environment(name).parameters)


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("PullAfterSeconds", "0.5", "PULL_AFTER_S must be a whole number"),
        ("UndoMinutesMin", "7.5", "UNDO_MINUTES_MIN must be a whole number"),
        ("MerchantTimeZone", "Europe/Berlinn", "Europe/Berlinn is no time zone of IANA"),
        ("MerchantCurrency", "EUX", "nobody pays in EUX"),
        ("GatewayAccounts", "stripe/main,strype/eu", "GatewayAccounts names strype/eu"),
    ],
)
def test_what_no_function_could_run_with_is_reported_before_it_is_deployed(
    tmp_path: Path, parameter: str, value: str, message: str
) -> None:
    parameters = PROD.parameters | {parameter: value}

    found = seen(PROD._replace(parameters=parameters), tmp_path)

    assert (found["settings"].is_ok, found["settings"].seen) == (False, message)


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_our_own_environments_can_be_run_with(tmp_path: Path, name: str) -> None:
    assert "settings" not in seen(environment(name), tmp_path)
