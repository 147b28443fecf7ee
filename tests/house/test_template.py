"""What the template promises of functions, routes, data and names."""

import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.whole_template import whole_template
from kassa.core.periods import PeriodKind
from kassa.intake.refused_requests import KEPT_FOR
from kassa.platform.settings import Settings
from tests.support.template import CONSOLE, PORTAL, ROOT, names_in, resources, template, value

FUNCTIONS = resources("Serverless::Function")
LAYERS = resources("Serverless::LayerVersion")
ROUTES = {route["RouteKey"]: route for route in resources("ApiGatewayV2::Route").values()}
WEBHOOK = "POST /webhooks/{gateway}/{account}"
BY_LINK = {  # whoever has the link may; its token is the proof
    *("GET /pay/{token}", "HEAD /pay/{token}", "GET /unsubscribe/{token}"),
    *("HEAD /unsubscribe/{token}", "POST /unsubscribe/{token}"),
}


def metadata(name: str) -> Any:
    """Return the Metadata of a resource."""
    return template()["Resources"][name].get("Metadata")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_one_file_in_a_folder_of_its_name(name: str) -> None:
    folder = ROOT / FUNCTIONS[name]["CodeUri"]
    words = "".join(word.capitalize() for word in folder.name.split("_"))

    assert name == f"{words}Function"
    assert [path.name for path in folder.glob("*.py")] == ["app.py"]
    assert metadata(name) == {"SkipBuild": True}


def test_every_function_folder_is_deployed() -> None:
    deployed = {function["CodeUri"] for function in FUNCTIONS.values()}
    folders = {f"functions/{path.parent.name}" for path in (ROOT / "functions").glob("*/app.py")}

    assert folders == deployed


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_into_a_group_of_its_own(name: str) -> None:
    assert list(names_in(FUNCTIONS[name]["LoggingConfig"])) == [
        name.replace("Function", "LogGroup")
    ]


@pytest.mark.parametrize("name", resources("Logs::LogGroup"))
def test_a_log_forgets_after_a_while(name: str) -> None:
    assert value(resources("Logs::LogGroup")[name]["RetentionInDays"]) == 90


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_built_by_its_own_recipe(name: str) -> None:
    recipe = ROOT / LAYERS[name]["ContentUri"] / "Makefile"

    assert metadata(name) == {"BuildMethod": "makefile"}
    assert f"\nbuild-{name}:\n" in recipe.read_text()


def test_the_environment_holds_the_settings_and_nothing_else() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    ours = {name for name in variables if not name.startswith("POWERTOOLS_")}

    assert ours == {name.upper() for name in Settings.model_fields}
    assert not [name for name, function in FUNCTIONS.items() if "Environment" in function]


def test_the_environment_names_no_secret_and_nothing_that_waits_for_a_function() -> None:
    mentioned = set(names_in(template()["Globals"]["Function"]["Environment"]))

    assert not mentioned & {*resources("SecretsManager::Secret"), "KassaApiStage"}
    assert "DependsOn" not in template()["Resources"]["KassaApi"]
    assert not set(names_in(resources("ApiGatewayV2::Api")["KassaApi"])) & set(FUNCTIONS)
    assert "{{resolve:" not in whole_template()


def test_no_layer_pulls_in_a_tracer() -> None:
    assert template()["Globals"]["Function"]["Tracing"] == "Active"
    assert "aws-xray-sdk" not in (ROOT / "layers/dependencies/requirements.txt").read_text()


# CloudFormation draws it when it makes the secret, and again whenever these words change: never do.
DRAWN = {"PasswordLength": 64, "ExcludePunctuation": True}
DRAWN_ONCE = {"OutgoingWebhooksSecret": DRAWN, "SignInSecret": DRAWN}


@pytest.mark.parametrize("name", resources("SecretsManager::Secret"))
def test_no_deployment_ever_writes_a_secret_or_takes_one_away(name: str) -> None:
    secret = template()["Resources"][name]

    properties = dict(secret["Properties"])
    drawn = properties.pop("GenerateSecretString", None)
    assert drawn == DRAWN_ONCE.get(name)
    assert set(properties) == {"Name", "Description"}
    assert secret["DeletionPolicy"] == "RetainExceptOnCreate"
    assert secret["UpdateReplacePolicy"] == "Retain"


def test_the_api_has_the_routes_we_promised() -> None:
    assert set(ROUTES) == {
        WEBHOOK,
        *BY_LINK,
        *PORTAL,
        *CONSOLE,
        "GET /disputes",
        "GET /disputes/{gateway}/{account}/{dispute_id}",
        "POST /disputes/{gateway}/{account}/{dispute_id}/{action}",
        "GET /payments",
        "GET /payments/{gateway}/{account}/{payment_id}",
        "POST /payments/manual",
        "POST /payments/manual/{payment_id}/apply",
        "POST /payments/manual/{payment_id}/refund",
        "POST /payments/manual/{payment_id}/reverse",
        "GET /events",
        "GET /events/{event_id}",
        "GET /imports",
        "GET /reports",
        "GET /reports/today",
        "GET /reports/{period}/{day}",
        "GET /reports/{period}/{day}/figures/{figure}",
        "GET /reports/{period}/{day}/status",
        "POST /reports/window",
        "POST /refunds",
        "GET /refunds",
        "GET /refunds/{refund_request_id}",
        "POST /refunds/{refund_request_id}/{action}",
        "POST /orders",
        "POST /orders/{order_id}/attempts/{number}/resolve",
        "POST /orders/{order_id}/send-link",
        "GET /orders",
        "GET /orders/{order_id}",
        "GET /invoices",
        "GET /invoices/{number}",
        "GET /receivables",
        "GET /customers/{customer_id}/statement",
        "POST /invoices",
        "POST /invoices/{number}/{action}",
        "POST /invoices/{number}/receipt",
        "GET /policies",
        "GET /policies/{version}",
        "POST /policies",
        "POST /policies/try",
        "GET /seller",
        "PUT /seller",
        "GET /fee-contracts",
        "PUT /fee-contracts",
        "GET /report-assumptions",
        "PUT /report-assumptions",
        "GET /gateway-cases",
        "PUT /gateway-cases/{gateway}/{case_id}",
        "GET /anomalies/marks",
        "PUT /anomalies/{anomaly_id}/mark",
        "GET /message-settings",
        "PUT /message-settings",
        "GET /deliveries",
        "GET /deliveries/{delivery_id}",
        "POST /deliveries/{delivery_id}/redrive",
        "GET /suppressions",
        "POST /suppressions/lift",
        "GET /webhook-endpoints",
        "POST /webhook-endpoints",
        "GET /webhook-endpoints/{endpoint_id}",
        "PATCH /webhook-endpoints/{endpoint_id}",
        "DELETE /webhook-endpoints/{endpoint_id}",
        "POST /webhook-endpoints/{endpoint_id}/rotate",
        "POST /webhook-endpoints/{endpoint_id}/test",
        "POST /webhook-endpoints/{endpoint_id}/replay",
        "GET /customers/{customer_id}/export",
        "POST /customers/{customer_id}/erase",
        "GET /reminders/preview",
        "GET /reminders/policy",
        "PUT /reminders/policy",
        "POST /reminders/policy/try",
        "POST /reminders/pause",
        "POST /reminders/resume",
        "GET /reminders/customers/{customer_id}",
        "GET /openapi.json",
        "$default",
    }


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_leads_to_the_function_that_the_api_may_call_by_it(route: str) -> None:
    (integration,) = names_in(ROUTES[route]["Target"])
    name = integration.removesuffix("Integration")
    uri = resources("ApiGatewayV2::Integration")[integration]["IntegrationUri"]
    permission = resources("Lambda::Permission")[f"{name}Permission"]
    source = permission["SourceArn"]["Fn::Sub"].partition("${KassaApi}/")[2]

    assert list(names_in(uri)) == [f"{name}Function"] == list(names_in(permission["FunctionName"]))
    pattern = "*/" + re.sub(r"{\w+\+?}", "*", route.replace(" ", ""))
    assert fnmatchcase(pattern, source)


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_but_those_with_another_proof_requires_an_api_key(route: str) -> None:
    authorizer = list(names_in(ROUTES[route].get("AuthorizerId")))

    is_public = route in {WEBHOOK, *BY_LINK, *PORTAL, *CONSOLE}
    assert authorizer == ([] if is_public else ["ApiKeyAuthorizer"])
    assert ROUTES[route].get("AuthorizationType") == (None if is_public else "CUSTOM")


def test_a_revoked_api_key_is_refused_at_once() -> None:
    authorizer = resources("ApiGatewayV2::Authorizer")["ApiKeyAuthorizer"]

    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert authorizer["IdentitySource"] == ["$context.routeKey"]  # so it is asked without a key too
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["EnableSimpleResponses"] is True


@pytest.mark.parametrize("name", ["PaymentsTable", "KassaBucket"])
def test_books_and_documents_outlive_the_stack(name: str) -> None:
    resource = template()["Resources"][name]

    assert resource["UpdateReplacePolicy"] == "Retain"
    assert resource["DeletionPolicy"].startswith("Retain")


def test_what_a_failed_creation_made_goes_unless_it_is_protected() -> None:
    kept = {
        name: one["DeletionPolicy"]
        for name, one in template()["Resources"].items()
        if "DeletionPolicy" in one
    }
    assert {name for name, policy in kept.items() if policy == "Retain"} == {"PaymentsTable"}
    assert resources("DynamoDB::Table")["PaymentsTable"]["DeletionProtectionEnabled"] is True


def test_the_table_can_be_restored_and_not_be_deleted_by_mistake() -> None:
    table = resources("DynamoDB::Table")["PaymentsTable"]

    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["TimeToLiveSpecification"]["AttributeName"] == "expires_at"
    for index in table["GlobalSecondaryIndexes"]:
        assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_the_bucket_is_private_encrypted_and_reached_over_tls_only() -> None:
    bucket = resources("S3::Bucket")["KassaBucket"]
    deny, *_ = resources("S3::BucketPolicy")["KassaBucketPolicy"]["PolicyDocument"]["Statement"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", "s3:*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_raw_bytes_are_forgotten_and_documents_are_not() -> None:
    rules = resources("S3::Bucket")["KassaBucket"]["LifecycleConfiguration"]["Rules"]
    expiring = {rule["Prefix"]: rule for rule in rules if "ExpirationInDays" in rule}

    assert set(expiring) == {"raw/", "large/", "refused/", "live/", "athena/", "disputes/"}
    days = {prefix: value(rule["ExpirationInDays"]) for prefix, rule in expiring.items()}
    of_raw = {"raw/": 400, "large/": 400, "disputes/": 400, "refused/": KEPT_FOR.days}
    assert days == {**of_raw, "live/": 3, "athena/": 30}
    for rule in expiring.values():
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_the_command_line_finds_every_name_among_the_outputs() -> None:
    outputs = {
        name for output in template()["Outputs"].values() for name in names_in(output["Value"])
    }
    kinds = ("Serverless::Function", "SQS::Queue", "DynamoDB::Table", "S3::Bucket")

    for kind in (*kinds, "Events::EventBus", "ApiGatewayV2::Api"):
        assert set(resources(kind)) <= outputs


def test_floods_are_throttled_at_the_door_and_each_route_by_itself() -> None:
    stage = resources("ApiGatewayV2::Stage")["KassaApiStage"]
    webhooks = stage["RouteSettings"][WEBHOOK]

    for settings, limit in ((stage["DefaultRouteSettings"], 50), (webhooks, 100)):
        assert value(settings["ThrottlingRateLimit"]) == limit
        assert value(settings["ThrottlingBurstLimit"]) == limit
    for route in PORTAL & set(stage["RouteSettings"]):
        assert set(stage["RouteSettings"][route].values()) == {10}
    named = {
        name
        for name, one in resources("ApiGatewayV2::Route").items()
        if one["RouteKey"] in stage["RouteSettings"]
    }
    assert set(template()["Resources"]["KassaApiStage"]["DependsOn"]) == named
    assert len(named) == 3


def test_the_apis_own_address_answers_until_it_is_switched_off() -> None:
    assert value(resources("ApiGatewayV2::Api")["KassaApi"]["DisableExecuteApiEndpoint"]) is False


def test_every_parameter_stands_in_one_group_and_has_a_default() -> None:
    groups = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]

    assert grouped == list(template()["Parameters"])  # `sam deploy --guided` asks in this order
    assert all("Default" in one for one in template()["Parameters"].values())


def test_the_access_log_stands_where_aws_lets_logs_be_many() -> None:
    group = resources("Logs::LogGroup")["KassaApiLogGroup"]["LogGroupName"]["Fn::Sub"]

    assert group.startswith("/aws/vendedlogs/")


@pytest.mark.parametrize(
    "name", [name for name, one in template()["Parameters"].items() if one["Type"] == "Number"]
)
def test_a_number_has_bounds_within_which_everything_runs(name: str) -> None:
    parameter = template()["Parameters"][name]
    bounds = parameter.get("AllowedValues") or [parameter["MinValue"], parameter["MaxValue"]]

    assert min(bounds) <= parameter["Default"] <= max(bounds)
    assert max(bounds) * 86_400 < 10**10  # seconds, as a timedelta holds them by far


@pytest.mark.parametrize("mailed", [*PeriodKind, ",".join(PeriodKind)])
def test_each_period_s_reports_can_be_mailed(mailed: str) -> None:
    assert re.fullmatch(template()["Parameters"]["MailedReports"]["AllowedPattern"], mailed)
