"""The directory of those who sign in: a second factor for all, and nobody by themselves."""

from typing import Any

import pytest
from cfnlint.decode import cfn_yaml

from tests.support.template import ROOT, resources, template

NESTED = "infra/sign_in.yaml"
DIRECTORY: Any = cfn_yaml.load(str(ROOT / NESTED))
POOL = DIRECTORY["Resources"]["UserPool"]
CLIENT = DIRECTORY["Resources"]["Console"]["Properties"]


def test_everybody_has_a_second_factor_of_an_app() -> None:
    assert POOL["Properties"]["MfaConfiguration"] == "ON"
    assert POOL["Properties"]["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]


def test_nobody_signs_up_and_nothing_is_lost_by_accident() -> None:
    assert POOL["Properties"]["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert POOL["Properties"]["DeletionProtection"] == "ACTIVE"
    assert (POOL["DeletionPolicy"], POOL["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_console_gets_codes_and_no_way_around_the_pages() -> None:
    assert CLIENT["AllowedOAuthFlows"] == ["code"]
    assert CLIENT["AllowedOAuthScopes"] == ["openid", "email"]
    assert CLIENT["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert CLIENT["GenerateSecret"] is True
    assert CLIENT["PreventUserExistenceErrors"] == "ENABLED"


@pytest.mark.parametrize("name", ["Issuer", "ClientId"])
def test_the_stack_takes_from_it_what_it_says(name: str) -> None:
    assert name in DIRECTORY["Outputs"]
    assert f"StaffDirectory.Outputs.{name}" in (ROOT / "template.yaml").read_text()


def test_it_is_made_where_it_is_asked_for_alone() -> None:
    [directory] = resources("CloudFormation::Stack").values()

    assert directory["TemplateURL"] == NESTED
    assert set(directory["Parameters"]) == set(DIRECTORY["Parameters"])
    assert template()["Resources"]["StaffDirectory"]["Condition"] == "HasStaffDirectory"
    assert template()["Parameters"]["ConsoleSignIn"]["Default"] == "off"
