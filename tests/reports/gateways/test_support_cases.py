"""What finance enters for reports by API: support cases and assumptions, kept with their acts."""

import json
from datetime import date
from typing import Any

import pytest

from functions.save_policy.app import lambda_handler
from kassa.audit import store as audit_trail
from kassa.core.periods import Period, PeriodKind
from kassa.reports.automation.assumptions import MINUTES
from kassa.reports.gateways.build_gateways import TEXTS, build_gateways
from kassa.reports.gateways.cases import Support, support_of
from kassa.reports.gateways.store import inputs
from kassa.reports.localization import LANGUAGES, texts_of
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.refund_stage import answered, http_event
from tests.support.reports import made_of

NOVEMBER = Period.of(date(2026, 11, 1), "UTC", PeriodKind.MONTHLY)
CASE = {"opened_on": "2026-11-03", "about": "A payout came late"}


def sent(route: str, body: Any = "", **params: Any) -> tuple[int, Any]:
    event = http_event(route, body, "key-1", **params)
    return answered(lambda_handler(event, Context()))


def note(case_id: str, **fields: Any) -> tuple[int, Any]:
    route = "PUT /gateway-cases/{gateway}/{case_id}"
    return sent(route, CASE | fields, gateway=fields.pop("gateway", "stripe"), case_id=case_id)


def acts(operation: str) -> list[str]:
    return [one.content for one in audit_trail.items(NOW.date()) if operation in one.content]


def test_a_case_is_noted_answered_and_listed_by_month(stack: Stack) -> None:
    assert note("SUP-1")[0] == 200
    status, again = note("SUP-1")
    assert (status, again["is_new"]) == (200, False)
    note("SUP-1", hours_to_answer=26)
    event = http_event("GET /gateway-cases", "", "key-1")
    event["queryStringParameters"] = {"month": "2026-11"}
    status, found = answered(lambda_handler(event, Context()))

    (case,) = found["cases"]
    assert (status, case["hours_to_answer"], case["version"]) == (200, 26, 2)
    assert len(acts("gateway_case.note")) == 2
    assert "payout" not in "".join(acts("gateway_case.note")), "what it is about isn't audited"
    kept = {"gateway": "stripe", "account": "main", "case_id": "SUP-1", "hours_to_answer": 26}
    assert inputs(NOVEMBER) == {"cases": [kept]}
    assert inputs(Period.of(date(2026, 11, 4), "UTC")) is None


# github.com/toggl/mobileapp/issues/1508, github.com/saeloun/miru-web/pull/1269: what was moved to
# another day stood on both.
def test_a_case_that_was_noted_in_the_wrong_month_is_moved_and_counts_once(stack: Stack) -> None:
    note("SUP-1")
    note("SUP-1", opened_on="2026-10-03", hours_to_answer=26)
    october = Period.of(date(2026, 10, 1), "UTC", PeriodKind.MONTHLY)
    both = Period.window(date(2026, 10, 1), date(2026, 11, 30), "UTC")

    assert inputs(NOVEMBER) is None
    assert inputs(october) == inputs(both)
    assert len((inputs(both) or {})["cases"]) == 1
    status, back = note("SUP-1")
    assert (status, back["is_new"], back["case"]["version"]) == (200, True, 3)
    assert (inputs(october), len((inputs(NOVEMBER) or {})["cases"])) == (None, 1)
    assert note("SUP-1")[1]["is_new"] is False


@pytest.mark.parametrize(
    "wrong", [{"opened_on": "2099-01-01"}, {"about": ""}, {"hours_to_answer": -1}]
)
def test_a_case_that_cannot_be_is_refused(stack: Stack, wrong: dict[str, Any]) -> None:
    assert note("SUP-1", **wrong)[0] == 400


def test_answers_are_said_from_five_on() -> None:
    def cases(*hours: int | None) -> list[dict[str, Any]]:
        return [{"gateway": "stripe", "account": "main", "hours_to_answer": one} for one in hours]

    assert support_of(cases(1, 2, 3, 4, None)) == {("stripe", "main"): Support(cases=5, answered=4)}
    assert support_of(cases(9, 1, 2, 3, 30, None)) == {
        ("stripe", "main"): Support(cases=6, answered=5, half_hours=3, most_hours=30)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scorecard_counts_a_month_s_cases_and_holds_answers_against_the_promise(
    language: str,
) -> None:
    line = {"method": "card", "currency": "EUR", "percent": "1.4"}
    contract = {"gateway": "stripe", "since": "2026-01-01", "source": "signed", "fees": [line],
                "service_level": {"support_hours": 24}}  # fmt: skip
    cases = [{"gateway": "stripe", "account": "main", "hours_to_answer": 30 - n} for n in range(5)]
    entered = {
        "fees": {"country": "FI", "contracts": {"version": 1, "contracts": [contract]}},
        "gateways": {"cases": cases},
        "summary": {"language": language},
    }
    made = made_of(build_gateways, [], NOVEMBER, entered)

    (card,) = json.loads(made["gateways.json"])["gateways"]
    assert card["support"] == {"cases": 5, "answered": 5, "half_hours": 28, "most_hours": 30}
    assert [(one["measured"], one["is_kept"]) for one in card["promises"]] == [(30, False)]
    assert "stripe,main,cases,5,,," in str(made["gateways.csv"])
    assert texts_of(language, TEXTS)["columns"]["cases"] in str(made["gateways.html"])


def test_assumptions_are_read_and_saved_by_version_with_an_act(stack: Stack) -> None:
    status, before = sent("GET /report-assumptions")
    assert (status, before["version"], before["minutes"]) == (200, 0, MINUTES)

    draft = {"minutes": {"decision": 10}, "decision_hours": 30}
    first, again = (sent("PUT /report-assumptions", draft)[1] for _ in range(2))
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert first["assumptions"]["minutes"] == MINUTES | {"decision": 10}
    assert first["assumptions"]["version"] == 1
    assert len(acts("report_assumptions.save")) == 1
    assert sent("PUT /report-assumptions", {"minutes": {"napping": 10}})[0] == 400
