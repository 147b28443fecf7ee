"""What the template promises of rights: each function may do its own work and nothing else."""

import re
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.whole_template import whole_template
from kassa.platform import keys as table_keys
from kassa.reports.automation import keys as assumption_keys
from kassa.reports.rates import keys as report_keys
from tests.house.console_rights import WRITTEN
from tests.support.template import ALLOWED, FUNCTIONS, listed, names_in, resources, template


def who_may(action: str, resource: str) -> set[str]:
    """Return the functions and roles that may do something to a resource."""
    return {
        holder
        for holder, statement in ALLOWED
        if action in listed(statement["Action"]) and resource in names_in(statement["Resource"])
    }


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_rights_of_its_own_written_out(name: str) -> None:
    policies = FUNCTIONS[name]["Policies"]

    assert all(isinstance(policy, dict) and list(policy) == ["Statement"] for policy in policies)
    assert "Role" not in FUNCTIONS[name]


@pytest.mark.parametrize(("holder", "statement"), ALLOWED)
def test_every_right_names_its_actions(holder: str, statement: dict[str, Any]) -> None:
    for action in listed(statement["Action"]):
        assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action), holder


@pytest.mark.parametrize(("holder", "statement"), ALLOWED)
def test_a_right_over_everything_has_a_written_reason(
    holder: str, statement: dict[str, Any]
) -> None:
    reasons = template()["Resources"][holder].get("Metadata", {}).get("AllResources", {})

    if "*" in listed(statement["Resource"]):
        assert reasons.get(statement["Sid"])
    else:
        assert list(names_in(statement["Resource"]))


def may_touch(holder: str, action: str, partition: str) -> bool:
    """Whether a function may do something to an item of a partition."""
    return any(
        action in listed(statement["Action"])
        and any(
            fnmatchcase(partition, pattern)
            for condition in statement.get("Condition", {}).values()
            for pattern in condition.get("dynamodb:LeadingKeys", ())
        )
        for name, statement in ALLOWED
        if name == holder
    )


@pytest.mark.parametrize("action", ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"])
def test_what_finance_enters_for_reports_may_be_read_and_saved_where_it_is_served(
    action: str,
) -> None:
    entered = (
        assumption_keys.assumptions("main", 1).PK,
        report_keys.support_case("main", "2026-11").PK,
        table_keys.anomaly_marks("main").PK,
    )
    assert [one for one in entered if not may_touch("SavePolicyFunction", action, one)] == []


def test_reports_may_read_receivables_and_write_none() -> None:
    reads = [("dynamodb:GetItem", "SERIES#main#2026"), ("dynamodb:BatchGetItem", "INVOICE#main#1")]

    assert [one for one in reads if not may_touch("BuildReportFunction", *one)] == []
    assert not may_touch("BuildReportFunction", "dynamodb:PutItem", "INVOICE#main#1")


def test_nobody_may_delete_items_or_objects() -> None:
    actions = {action for _, statement in ALLOWED for action in listed(statement["Action"])}

    assert not [action for action in actions if re.match(r"(dynamodb|s3):.*Delete", action)]


def test_nobody_may_run_statements_that_could_delete() -> None:
    actions = {action for _, statement in ALLOWED for action in listed(statement["Action"])}

    assert not [action for action in actions if "PartiQL" in action or "BatchWrite" in action]


SENDERS = {
    "EventsQueue": {
        *("ReceiveWebhookFunction", "ReceiveEventbridgeFunction", "EnterPaymentFunction"),
        *("WatchGatewaysFunction", "ResendRole"),
    },
    "RefundsQueue": {
        *("ApproveRefundFunction", "DecideRefundFunction", "PayRefundFunction"),
        "TrackOrderFunction",  # for the refund of a duplicate payment
        *("WatchGatewaysFunction", "ResendRole", "ServeConsoleFunction"),
    },
}


def denials(queue: str) -> list[dict[str, Any]]:
    """Return the statements that keep others from sending to a queue."""
    return [
        statement
        for policy in resources("SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and [queue] == list(names_in(statement["Resource"]))
    ]


@pytest.mark.parametrize("queue", SENDERS)
def test_only_those_named_may_send_events_and_refunds(queue: str) -> None:
    (deny,) = denials(queue)
    roles = [name for name in names_in(deny["Condition"]) if not name.startswith("AWS::")]
    excepted = Counter(role.replace("FunctionRole", "Function") for role in roles)

    assert who_may("sqs:SendMessage", queue) == SENDERS[queue]
    assert (deny["Principal"], deny["Action"]) == ("*", "sqs:SendMessage")
    assert excepted == dict.fromkeys(SENDERS[queue], 2)  # as a role and as the role's session
    assert list(deny["Condition"]["ArnNotLike"]) == ["aws:PrincipalArn"]


@pytest.mark.parametrize("queue", SENDERS)
def test_only_a_queue_that_a_rule_sends_to_lets_services_pass(queue: str) -> None:
    (deny,) = denials(queue)
    targets = [one for rule in resources("Events::Rule").values() for one in rule["Targets"]]
    is_target = any(queue in names_in(target["Arn"]) for target in targets)
    services_pass = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}

    assert deny["Condition"] == deny["Condition"] | (services_pass if is_target else {})
    assert len(deny["Condition"]) == (2 if is_target else 1)


def test_only_booking_paying_tracking_invoicing_and_the_clock_publish_facts() -> None:
    tellers = {"BookEventFunction", "PayRefundFunction", "TrackOrderFunction"}
    tellers |= {"GenerateInvoiceFunction", "IssueInvoiceFunction", "DecideInvoiceFunction"}
    tellers |= {"OpenCheckoutFunction"}  # of orders that are invoiced first
    tellers |= {"BuildReportFunction", "SendRemindersFunction"}
    tellers |= {"WatchGatewaysFunction"}  # the heads of the audit trail's days
    tellers |= {"SendWebhookFunction", "ServeCustomersFunction"}  # who was disabled, or erased
    tellers |= {"AnswerDisputeFunction", "ServeConsoleFunction"}
    tellers |= {"SendMessageFunction", "FollowPaymentLinkFunction"}  # what reports count, no more
    assert who_may("events:PutEvents", "KassaBus") == tellers


def test_only_who_calls_a_gateway_reads_its_api_key() -> None:
    readers = {
        holder
        for holder, statement in ALLOWED
        if "secret:${AWS::StackName}/api/" in str(statement["Resource"])
    }
    callers = {"OpenCheckoutFunction", "PayRefundFunction", "WatchGatewaysFunction"}
    callers |= {"ApproveRefundFunction", "DecideRefundFunction"}  # what was refunded there by hand
    callers |= {"FollowPaymentLinkFunction", "ServeConsoleFunction"}
    callers |= {"TrackOrderFunction", "AnswerDisputeFunction"}
    assert readers == callers | {"BookEventFunction"}


def test_checkouts_keep_orders_and_circuits_and_never_see_a_payment() -> None:
    keys_of = {
        key
        for holder, one in ALLOWED
        if holder == "OpenCheckoutFunction" and "dynamodb" in str(one["Action"])
        for key in one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    }
    own = {"ORDER#*", "ROUTES#*", "CIRCUIT#*", "TAXRATES#*", "IDEMPOTENCY#*", "CUSTOMER#*"}
    own |= {"SELLER#*", "SELLERLOGO#*"}  # by whose rules an order's invoice will be judged
    own |= {"INVOICE#*", "INVOICED#*", "SERIES#*", "PAYLINK#*"}  # of orders that are paid later
    assert keys_of == own | {*AUDIT}
    assert "OpenCheckoutFunction" not in who_may("sqs:SendMessage", "RefundsQueue")


def test_only_saving_puts_policies_and_sellers_and_it_puts_nothing_else() -> None:
    for holder, others in (("SavePolicyFunction", AUDIT), ("TryPolicyFunction", [])):
        limits = [
            one["Condition"] for who, one in ALLOWED if who == holder and "dynamodb" in str(one)
        ]
        remembered = [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["IDEMPOTENCY#*"]}}]
        seller = (
            ["SELLER#*", "SELLERLOGO#*", "MESSAGESETTINGS#*", "FEECONTRACTS#*"] if others else []
        )
        entered = ("anomalies", "ASSUMPTIONS", "CASES#*")
        marks = [f"REPORT#*#{one}" for one in entered] if others else []
        kept = ["POLICY#*", *seller, *marks, *others]
        own = [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": kept}}]
        assert limits == (remembered if holder == "SavePolicyFunction" else []) + own
    assert "TryPolicyFunction" not in who_may("dynamodb:PutItem", "PaymentsTable")


def test_intake_touches_nothing_of_the_table_but_certificates() -> None:
    limits = [
        one["Condition"]
        for who, one in ALLOWED
        if who == "ReceiveWebhookFunction" and "dynamodb" in str(one)
    ]
    assert limits == [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["CERTIFICATE#*"]}}]


@pytest.mark.parametrize("action", ["dynamodb:PutItem", "dynamodb:UpdateItem"])
@pytest.mark.parametrize(
    "name", ["ApproveRefund", "DecideRefund", "PayRefund", "TrackOrder", "ServeConsole"]
)
def test_refunds_write_only_what_is_theirs_and_never_put_a_payment(name: str, action: str) -> None:
    keys_of_writes = [
        key
        for holder, one in ALLOWED
        if holder == f"{name}Function" and action in listed(one["Action"])
        for key in one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    ]
    updated = {"PAYMENT#*", "CONSOLELINK#*"} if action == "dynamodb:UpdateItem" else {"FAILURE#*"}
    acts = {(one, "dynamodb:PutItem") for one in ("DecideRefund", "PayRefund", "ServeConsole")}
    audited = set(AUDIT) if (name, action) in acts else set()
    theirs = {f"{one}#*" for one in ["REFUND", "LIMIT", "SEEN", "IDEMPOTENCY", "ORDER", "DISPUTE"]}
    theirs |= OWN.get(name, set()) | {"CONSOLESESSION#*"}
    assert set() < set(keys_of_writes) <= theirs | updated | audited


def test_the_counter_and_the_backtest_only_read() -> None:
    for holder, statement in ALLOWED:
        if holder in (
            *("ServeApiFunction", "ServeInvoicesFunction"),
            *("AuthorizeApiFunction", "TryPolicyFunction"),
        ):
            assert not {
                action
                for action in listed(statement["Action"])
                if not re.search(r":(Get|BatchGet|Query|List)", action)
            }


@pytest.mark.parametrize("role", resources("IAM::Role"))
def test_a_role_is_assumed_by_this_account_or_for_it(role: str) -> None:
    trust = resources("IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]

    for statement in (one.get("Fn::If", [None, one])[1] for one in trust):
        assert "AWS::AccountId" in names_in([statement["Principal"], statement.get("Condition")])


@pytest.mark.parametrize("permission", resources("Lambda::Permission"))
def test_only_our_api_and_our_rules_may_invoke_a_function(permission: str) -> None:
    properties = resources("Lambda::Permission")[permission]
    named = set(names_in(properties["SourceArn"]))
    callers = {
        "apigateway.amazonaws.com": {"KassaApi"},
        "events.amazonaws.com": set(resources("Events::Rule")),
    }

    assert named & callers[properties["Principal"]]


def test_stripes_bus_leads_to_one_function_which_reads_no_other_gateways_secret() -> None:
    rule = resources("Events::Rule")["StripeEventsRule"]
    (target,) = rule["Targets"]
    (secrets,) = (one for who, one in ALLOWED if who == RECEIVER and "secret" in str(one))

    assert list(names_in(target["Arn"])) == [RECEIVER]
    assert rule["EventBusName"] == {"Ref": "StripeEventBus"}
    assert rule["EventPattern"] == {"source": [{"Ref": "StripeEventSource"}]}
    assert str(secrets["Resource"]).endswith("/webhooks/stripe/*'}")


@pytest.mark.parametrize(
    "name",
    [
        *("StripeEventBus", "StripeEventsRule", "StripeEventsRuleDeadLetterPolicy"),
        "ReceiveEventbridgePermission",
    ],
)
def test_without_a_partner_event_source_there_is_no_bus_of_its(name: str) -> None:
    assert template()["Resources"][name]["Condition"] == "HasStripeEventSource"
    assert template()["Parameters"]["StripeEventSource"]["Default"] == ""


RECEIVER = "ReceiveEventbridgeFunction"
AUDIT = ["AUDIT#*", "AUDITHEAD"]  # what a person's act is written with
OWN = {"ServeConsole": WRITTEN}


def test_one_parameter_leads_everything_to_a_restored_table() -> None:
    text = whole_template()
    named = re.findall(r"\{PaymentsTable[^}]*\}(?:\$\{RestoredSuffix\})?", text)

    assert set(named) == {"{PaymentsTable}${RestoredSuffix}"}
    assert not re.search(r"GetAtt:? \[?PaymentsTable\b|Ref:? PaymentsTable\b", text)


def test_the_smoke_role_holds_to_keys_and_objects_of_its_own() -> None:
    [policy] = resources("IAM::Role")["SmokeRole"]["Policies"]
    write, _, read = policy["PolicyDocument"]["Statement"]

    assert write["Action"] == "dynamodb:PutItem"
    assert write["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["SMOKE#*"]}}
    assert read["Resource"]["Fn::Sub"].endswith("/smoke/*")


def prefixes_read(holder: str) -> set[str]:
    """Return the parts of the bucket whose objects a function or role may read."""
    return {
        resource["Fn::Sub"].removeprefix("${KassaBucket.Arn}/")
        for name, one in ALLOWED
        if name == holder and "s3:GetObject" in listed(one["Action"])
        for resource in listed(one["Resource"])
    }


def prefixes_listed(holder: str) -> set[str]:
    """Return those it may list, whether AWS tells a prefix when one object is read or not."""
    return {
        prefix
        for name, one in ALLOWED
        if name == holder and "s3:ListBucket" in listed(one["Action"])
        for prefix in one["Condition"]["StringLikeIfExists"]["s3:prefix"]
    }


LISTED_ALONE = {"ServeApiFunction": {"facts/day=*"}}  # on which day the books began; none is read


@pytest.mark.parametrize("holder", sorted({name for name, _ in ALLOWED}))
def test_whoever_reads_objects_learns_that_there_is_none_and_lists_nothing_else(
    holder: str,
) -> None:
    assert prefixes_read(holder) == prefixes_listed(holder) - LISTED_ALONE.get(holder, set())


def test_there_is_somebody_who_reads_objects() -> None:
    assert len([name for name in FUNCTIONS if prefixes_read(name)]) >= 5


def test_whoever_sends_messages_reads_by_the_index_orders_and_addresses_alone() -> None:
    [by_index] = [
        one for who, one in ALLOWED if who == "SendMessageFunction" and "/index/" in str(one)
    ]

    assert by_index["Action"] == "dynamodb:Query"
    assert by_index["Resource"]["Fn::Sub"].endswith("/index/GSI1")
    orders = {"dynamodb:LeadingKeys": ["CUSTOMER#*", "MAILBOX#*"]}
    assert by_index["Condition"] == {"ForAllValues:StringLike": orders}


def test_the_portal_writes_codes_sessions_and_counts_and_reads_customers_alone() -> None:
    reading, writing = (
        one for who, one in ALLOWED if who == "ServePortalFunction" and "dynamodb" in str(one)
    )
    keys_of = [
        one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for one in (reading, writing)
    ]

    assert {action for action in listed(reading["Action"]) if "Get" not in action} == {
        "dynamodb:Query"
    }
    assert keys_of[0] == ["CUSTOMER#*", "SESSION#*", "MAILBOX#*"]
    assert keys_of[1] == ["SIGNIN#*", "SESSION#*", "SIGNINCOUNT#*"]
    assert who_may("secretsmanager:GetSecretValue", "SignInSecret") == {
        *("ServePortalFunction", "SendMessageFunction")
    }


HANDOVER = "BuildHandoverFunction"


def test_whoever_hands_over_reads_numbers_and_documents_and_writes_archives_alone() -> None:
    actions = {
        action for who, one in ALLOWED if who == HANDOVER for action in listed(one["Action"])
    }
    [numbers] = [one for who, one in ALLOWED if who == HANDOVER and "dynamodb" in str(one)]
    [write] = [one for who, one in ALLOWED if who == HANDOVER and one["Action"] == "s3:PutObject"]

    assert actions == {
        *("dynamodb:GetItem", "dynamodb:BatchGetItem"),
        *("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    }
    keys_of = {"dynamodb:LeadingKeys": ["INVOICE#*", "SERIES#*"]}
    assert numbers["Condition"] == {"ForAllValues:StringLike": keys_of}
    assert write["Resource"] == {"Fn::Sub": "${KassaBucket.Arn}/handovers/*"}
    assert prefixes_read(HANDOVER) == {"invoices/*", "handovers/*"}


def test_nobody_writes_over_an_archive_that_was_handed_over() -> None:
    policy = resources("S3::BucketPolicy")["KassaBucketPolicy"]["PolicyDocument"]["Statement"]
    [deny] = [one for one in policy if one["Action"] == "s3:PutObject"]

    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert deny["Resource"] == {"Fn::Sub": "${KassaBucket.Arn}/handovers/*"}
    assert deny["Condition"] == {
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }
