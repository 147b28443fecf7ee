"""People get into the console whom an issuer vouches for, and whom an operator added."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from kassa.audit import store as audit_trail
from kassa.audit.trail import AuditItem
from kassa.console.sign_in.oidc.attempt import VALID_FOR
from kassa.people.give_address import give_address
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import NOW, FakeClock
from tests.support.console_pages import OPERATOR, Page
from tests.support.issuer import CLIENT_SECRET, ISSUER, FakeIssuer, ec_key
from tests.support.issuer_pages import ANNA, BEGIN, PUBLIC_HOST, anna, begun, browser, signed_in
from tests.support.issuer_pages import issuer as issuer

MINUTE = timedelta(minutes=1)


def acts(operation: str) -> list[AuditItem]:
    found = [AuditItem.model_validate_json(one.content) for one in audit_trail.items(NOW.date())]
    return [one for one in found if one.operation == operation]


def reason(page: Page) -> str:
    """Return why somebody wasn't let in."""
    return page.text.rpartition("Sign in again")[0].split()[-1]


def test_whoever_isnt_signed_in_is_shown_the_way_to_the_issuer(issuer: FakeIssuer) -> None:
    page = browser().get("/console/refunds")

    assert page.status == 401
    assert f"https://{PUBLIC_HOST}{BEGIN}?to=%2Fconsole%2Frefunds" in page.body
    assert "kassa console open" not in page.text


def test_a_person_signs_in_and_lands_where_they_wanted_to(issuer: FakeIssuer) -> None:
    who, mine = anna(), browser()
    url = begun(mine, f"{BEGIN}?to=/console/refunds")
    query = dict(parse_qsl(urlsplit(url).query))
    asked = {name: query[name] for name in ("response_type", "scope", "redirect_uri", "max_age")}

    assert asked == {
        "response_type": "code",
        "scope": "openid email",
        "redirect_uri": f"https://{PUBLIC_HOST}/console/sign-in/callback",
        "max_age": "43200",
    }
    assert "prompt" not in query
    back = mine.get(issuer.sign_in(url, "sub-anna", ANNA))
    assert (back.status, back.leads_to) == (303, "/console/refunds")
    assert who.name in mine.get("/console/refunds").text


def test_both_cookies_are_the_browsers_alone(issuer: FakeIssuer) -> None:
    anna()
    mine = browser()
    began = mine.get(BEGIN)
    done = mine.get(issuer.sign_in(began.leads_to, "sub-anna", ANNA))

    hold = "; Path=/; HttpOnly; Secure; SameSite=Lax"
    for cookie in (*began.cookies, *done.cookies):
        assert cookie.startswith("__Host-kassa"), cookie
        assert "Domain" not in cookie
        assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; ")), hold
    assert mine.jar["__Host-kassa-sign-in"] == ""


def test_a_key_of_either_kind_signs(issuer: FakeIssuer) -> None:
    anna()
    issuer.keys["curve"] = (ec_key(), "ES256")
    issuer.signing, issuer.algorithm, issuer.kid = ec_key(), "ES256", "curve"

    assert signed_in(browser(), issuer).status == 303


def test_the_first_time_the_address_counts_and_then_the_subject_alone(issuer: FakeIssuer) -> None:
    who = anna()
    assert signed_in(browser(), issuer, email="Anna@Shop.example").status == 303
    mine = browser()

    assert signed_in(mine, issuer, email="married@elsewhere.example").status == 303
    assert who.name in mine.get("/console").text
    assert signed_in(browser(), issuer, email=None).status == 303


def test_nobody_takes_over_an_address_by_another_account(issuer: FakeIssuer) -> None:
    anna()
    signed_in(browser(), issuer)
    other = browser()
    refused = signed_in(other, issuer, subject="sub-mallory")

    assert (refused.status, reason(refused)) == (403, "address_taken")
    assert other.get("/console").status == 401


def test_the_same_subject_of_another_issuer_is_somebody_else(
    issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna()
    signed_in(browser(), issuer)
    issuer.issuer = "https://other.shop.example"
    monkeypatch.setenv("SIGN_IN_ISSUER", issuer.issuer)
    settings.cache_clear()

    assert reason(signed_in(browser(), issuer)) == "address_taken"


def test_an_operator_lets_another_account_in_and_the_one_before_no_more(issuer: FakeIssuer) -> None:
    who = anna()
    signed_in(browser(), issuer)
    give_address(who.person_id, ANNA, OPERATOR)

    assert signed_in(browser(), issuer, subject="sub-new").status == 303
    assert reason(signed_in(browser(), issuer)) == "address_taken"


def test_an_address_that_was_taken_away_lets_nobody_in(issuer: FakeIssuer) -> None:
    who = anna()
    signed_in(browser(), issuer)
    give_address(who.person_id, "anna.new@shop.example", OPERATOR)

    assert reason(signed_in(browser(), issuer)) == "unknown_person"
    bert = anna(name="Bert")
    mine = browser()
    assert signed_in(mine, issuer, subject="sub-bert").status == 303
    assert bert.name in mine.get("/console").text


@pytest.mark.parametrize("is_verified", [False, "false", None, "yes", 1, "True"])
def test_an_address_that_isnt_verified_binds_nobody(
    issuer: FakeIssuer, is_verified: object
) -> None:
    anna()
    refused = signed_in(browser(), issuer, email_verified=is_verified)

    assert (refused.status, reason(refused)) == (403, "address_unverified")


def test_verified_may_be_written_as_cognito_writes_it(issuer: FakeIssuer) -> None:
    anna()

    assert signed_in(browser(), issuer, email_verified="true").status == 303


@pytest.mark.parametrize(
    "email", ["bert@shop.example", "nobody", "\u212aate@shop.example", "anna@shop.example\n"]
)
def test_an_address_that_nobody_was_given_lets_nobody_in(issuer: FakeIssuer, email: str) -> None:
    anna()
    anna(email="kate@shop.example", name="Kate")
    refused = signed_in(browser(), issuer, email=email, subject="sub-x")

    assert (refused.status, reason(refused)) == (403, "unknown_person")


def test_somebody_who_was_disabled_is_refused(issuer: FakeIssuer, fake_clock: FakeClock) -> None:
    who = anna()
    signed_in(browser(), issuer)
    Persons().disable(who.person_id, fake_clock.at, OPERATOR)

    assert reason(signed_in(browser(), issuer)) == "disabled_person"


def test_roles_come_from_our_persons_and_never_from_a_token(issuer: FakeIssuer) -> None:
    anna(Role.READER)
    mine = browser()
    signed_in(mine, issuer, roles=["finance"], scope="refunds:decide", **{"cognito:groups": ["x"]})
    token = mine.form_token()

    assert mine.post("/console/refunds/x/approve", {"form_token": token}).status == 403


def test_a_sign_in_is_good_once(issuer: FakeIssuer) -> None:
    anna()
    mine = browser()
    began = mine.get(BEGIN)
    back = issuer.sign_in(began.leads_to, "sub-anna", ANNA)
    secret = mine.jar["__Host-kassa-sign-in"]
    assert mine.get(back).status == 303
    again = browser()
    again.jar["__Host-kassa-sign-in"] = secret
    replayed = again.get(back)

    assert (replayed.status, reason(replayed)) == (403, "attempt")
    assert again.session == ""
    assert issuer.asked.count("/token") == 1


def test_a_code_of_one_attempt_is_none_of_another(issuer: FakeIssuer) -> None:
    """Whoever slips somebody their own code signs nobody in: the code is tied to its browser."""
    anna()
    mallory, mine = browser(), browser()
    theirs = issuer.sign_in(begun(mallory), "sub-mallory", "mallory@shop.example")
    state = dict(parse_qsl(urlsplit(begun(mine)).query))["state"]
    code = dict(parse_qsl(urlsplit(theirs).query))["code"]
    refused = mine.get(f"{BEGIN}/callback?code={code}&state={state}")

    assert (refused.status, reason(refused)) == (403, "code_refused")


@pytest.mark.parametrize("change", ["none", "other browser", "wrong state", "no state", "long"])
def test_only_the_browser_that_began_comes_back(issuer: FakeIssuer, change: str) -> None:
    anna()
    mine = browser()
    back = issuer.sign_in(begun(mine), "sub-anna", ANNA)
    if change == "other browser":
        mine = browser()
        begun(mine)
    changed = {
        "none": back,
        "other browser": back,
        "wrong state": back.replace("state=", "state=x"),
        "no state": back.partition("&state=")[0],
        "long": back.replace("state=", "state=" + "x" * 3000),
    }[change]
    answered = mine.get(changed)

    assert answered.status == (303 if change == "none" else 403)
    assert (mine.session != "") is (change == "none")


def test_a_browser_without_the_cookie_isnt_let_in(issuer: FakeIssuer) -> None:
    anna()
    back = issuer.sign_in(begun(browser()), "sub-anna", ANNA)
    bare = browser()

    assert reason(bare.get(back)) == "attempt"
    assert "/token" not in issuer.asked


@pytest.mark.parametrize(("after", "status"), [(VALID_FOR - MINUTE, 303), (VALID_FOR, 403)])
def test_a_sign_in_may_take_ten_minutes(
    issuer: FakeIssuer, fake_clock: FakeClock, after: timedelta, status: int
) -> None:
    anna()
    mine = browser()
    url = begun(mine)
    fake_clock.at = NOW + after

    assert mine.get(issuer.sign_in(url, "sub-anna", ANNA)).status == status


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/console//evil.example",
        "/console/../evil",
        "/console/%2e%2E/evil",
        "/console@evil.example",
        "/consoleevil",
        "/console\r\nSet-Cookie: x=y",
        "javascript:alert(1)",
        "/console/sign-in",
        "/console/open/x",
        "/portal",
        "/console/" + "x" * 900,
        "",
    ],
)
def test_a_sign_in_leads_to_our_own_pages_alone(issuer: FakeIssuer, to: str) -> None:
    anna()
    mine = browser()
    answered = mine.ask("GET", BEGIN, {"to": to})
    back = mine.get(issuer.sign_in(answered.leads_to, "sub-anna", ANNA))

    assert back.leads_to == "/console"


def test_signing_in_begins_a_new_session_and_ends_the_one_before(issuer: FakeIssuer) -> None:
    anna()
    mine = browser()
    mine.session = "chosen-by-somebody-else"
    signed_in(mine, issuer)
    first = mine.session
    signed_in(mine, issuer)
    old = browser()
    old.session = first

    assert len({"chosen-by-somebody-else", first, mine.session}) == 3
    assert old.get("/console").status == 401


def test_signing_out_ends_it_for_a_stolen_cookie_and_leads_to_the_issuer(
    issuer: FakeIssuer,
) -> None:
    anna()
    mine, stolen = browser(), browser()
    signed_in(mine, issuer)
    stolen.session = mine.session
    left = mine.send("/console/sign-out")
    [leads_to] = {one for one in left.body.split('"') if one.startswith(f"{ISSUER}/logout")}

    assert left.status == 200
    assert "post_logout_redirect_uri=https%3A%2F%2Fpay.shop.example%2Fconsole" in leads_to
    assert '<meta http-equiv="refresh" content="0; url=' in left.body
    assert stolen.get("/console").status == 401


@pytest.mark.parametrize("is_down", [True, False])
def test_signing_out_works_where_the_issuer_has_no_page_for_it(
    issuer: FakeIssuer, fake_clock: FakeClock, is_down: bool
) -> None:
    anna()
    issuer.more = {"end_session_endpoint": None}
    mine = browser()
    signed_in(mine, issuer)
    if is_down:
        issuer.down.add("/.well-known/openid-configuration")
    left = mine.send("/console/sign-out")

    assert left.status == 200
    assert "http-equiv" not in left.body
    assert mine.get("/console").status == 401


def test_the_audit_trail_says_who_came_and_left_by_which_identity_and_from_where(
    issuer: FakeIssuer,
) -> None:
    who, mine = anna(), browser()
    signed_in(mine, issuer)
    mine.send("/console/sign-out")
    signed_in(mine, issuer, subject="sub-mallory")
    [came], [left] = acts("console.sign_in"), acts("console.sign_out")
    [refused] = acts("console.sign_in_refused")

    for one in (came, left):
        assert (one.by.person_id, one.source_ip) == (who.person_id, "127.0.0.1")
        assert one.identity == f"{ISSUER} sub-anna"
    assert (refused.reason, refused.identity) == ("address_taken", f"{ISSUER} sub-mallory")
    assert refused.source_ip == "127.0.0.1"


def test_nobody_fills_the_audit_trail_from_before_the_issuer(issuer: FakeIssuer) -> None:
    mine = browser()
    for _ in range(3):
        state = dict(parse_qsl(urlsplit(begun(mine)).query))["state"]
        mine.get(f"{BEGIN}/callback?code=x&state={state}")
        mine.get(f"{BEGIN}/callback?error=access_denied&state={state}")

    assert list(audit_trail.items(NOW.date())) == []


def test_no_secret_is_kept_or_logged(
    issuer: FakeIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    anna()
    mine = browser()
    url = begun(mine)
    secret = mine.jar["__Host-kassa-sign-in"]
    back = issuer.sign_in(url, "sub-anna", ANNA)
    mine.get(back)
    query = dict(parse_qsl(urlsplit(back).query))
    kept = str(aws.client("dynamodb").scan(TableName=settings().table_name)["Items"])
    logged = "".join(capsys.readouterr())

    for one in (secret, query["code"], query["state"], mine.session, CLIENT_SECRET):
        assert one not in kept
        assert one not in logged
    assert "eyJ" not in kept + logged
