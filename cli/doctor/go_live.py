"""What must be so before real customers pay: the checklist behind `kassa doctor --go-live`.

One function a question, in the order in which one would ask them; a new one is added to CHECKS.
"""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from cli.connection import connect_as_merchant
from cli.doctor.findings import Finding
from cli.gateways import accounts as gateway_accounts
from infra.stack import Stack
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.refunds.policy.store import Policies


def look(stack: Stack) -> list[Finding]:
    """Ask every question of the list; one that can't be asked is a finding itself."""
    connect_as_merchant()
    return [_checked(name, check, stack) for name, check in CHECKS.items()]


def _checked(name: str, check: Callable[[Stack], Finding], stack: Stack) -> Finding:
    try:
        return check(stack)
    except (BotoCoreError, ClientError) as error:
        return Finding(f"go live: {name}", False, f"can't be asked: {error}", "check your rights")


def _live_accounts(stack: Stack) -> Finding:
    """Test payments in a live account, or live ones in a test account, are counted, not booked."""
    tests = [
        "/".join(account)
        for account in gateway_accounts.every(stack)
        if gateway_accounts.secret(stack, "webhooks", *account).get("mode") == "test"
    ]
    seen = f"{', '.join(tests)} in test mode" if tests else "every account is live"
    advice = "connect it without --test: 'kassa gateways connect'"
    return Finding("go live: accounts", not tests, seen, advice)


def _merchant(stack: Stack) -> Finding:
    """Every invoice and report names the merchant, and their day begins in their time zone."""
    known = settings()
    named = {
        "MerchantName": known.merchant_name,
        "MerchantAddress": known.merchant_address,
        "MerchantTaxId": known.merchant_tax_id,
    }
    lacking = [name for name, value in named.items() if not value]
    seen = f"{', '.join(lacking)} is empty" if lacking else f"{known.merchant_name}, named in full"
    where = f"{seen}; days are those of {known.merchant_time_zone}"
    return Finding("go live: merchant", not lacking, where, "deploy again with these parameters")


def _policy(stack: Stack) -> Finding:
    """Without a policy every refund waits for a person."""
    ruling = Policies(settings().merchant_id).active(clock.now()).version
    seen = f"version {ruling} rules" if ruling else "none rules: every refund waits for a person"
    return Finding("go live: policy", ruling > 0, seen, "'kassa policy example', then 'save'")


def _approvers(stack: Stack) -> Finding:
    """What the policy leaves to a person waits until somebody may decide it."""
    active = [one for one in Persons().listed() if one.is_active]
    able = [one.person_id for one in active if one.is_sole or Role.APPROVER in one.roles]
    seen = f"{len(able)} may decide refunds" if able else "nobody may decide a refund"
    advice = "'kassa persons create --name NAME --role approver'"
    return Finding("go live: approvers", bool(able), seen, advice)


CHECKS: dict[str, Callable[[Stack], Finding]] = {
    "accounts": _live_accounts,
    "merchant": _merchant,
    "policy": _policy,
    "approvers": _approvers,
}
