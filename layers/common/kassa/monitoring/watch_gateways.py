"""Watch the gateways: pull what no webhook brought, find out what is unknown, miss the silent.

What is pulled or looked up goes through the same queue and the same booking as any event, under a
deterministic id; this operation writes nothing into the books itself. Whatever can't be done now is
left for the next run, since nothing here is remembered but how far the last one came.
"""

from functools import partial

from kassa.audit.close_audit_days import close_audit_days
from kassa.billing.manual_payments.queue_entries import queue_entries
from kassa.billing.numbering.queue_unfinished import queue_unfinished
from kassa.core.errors import GatewayError, UnknownGateway
from kassa.disputes.watch_disputes import watch_disputes
from kassa.ledger.pull_events import RESERVE_S, pull_events
from kassa.ledger.resolve_waiting import look_up_waiting
from kassa.monitoring.import_history import import_history
from kassa.monitoring.publish_calls import publish_calls
from kassa.monitoring.watch_checkouts import watch_checkouts
from kassa.monitoring.watch_silence import Account, accounts_named, watch_silence
from kassa.platform.clock import TimeLeft
from kassa.platform.keep_going import keep_going
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.paying.watch_refunds import enqueue_due_refunds


def watch_gateways(time_left_s: TimeLeft, imported: str | None = None) -> dict[str, int]:
    """Do all that is due at gateways by the clock; return how many of each.

    What one part, account, order or payment fails at is logged, counted and left for the next run;
    the others go on. Where an account is named whose past is imported, that is all that is done.
    """
    if imported is not None:
        metrics.add_metric(name="ImportResumed", unit="Count", value=1)
        [account] = accounts_named(imported)
        return {"imported": _imported(account, time_left_s)}
    metrics.add_metric(name="GatewaysWatched", unit="Count", value=1)
    accounts = accounts_named(settings().gateway_accounts)
    parts = {
        "resolved": lambda: watch_checkouts(time_left_s),
        "entered": lambda: queue_entries(time_left_s),
        "enqueued": lambda: enqueue_due_refunds(time_left_s),
        "pulled": lambda: sum(_pulled(account, time_left_s) for account in accounts),
        "disputes": lambda: watch_disputes(time_left_s),
        "looked_up": lambda: look_up_waiting(time_left_s),
        "unfinished": lambda: queue_unfinished(time_left_s),
        "silent": lambda: watch_silence(accounts),
        "audit_days": close_audit_days,
        "imported": lambda: sum(_imported(account, time_left_s) for account in accounts),
    }
    done = {name: keep_going(name, part) or 0 for name, part in parts.items()}
    keep_going("measured", publish_calls)
    logger.info("gateways watched", extra=done)
    return done


def _imported(account: Account, time_left_s: TimeLeft) -> int:
    gateway, name = account
    act = partial(import_history, gateway, name, time_left_s)
    return keep_going("imported", act, gateway=gateway, account=name) or 0


def _pulled(account: Account, time_left_s: TimeLeft) -> int:
    """Queue what an account lists since the last run; a silent gateway keeps its cursors."""
    if time_left_s() <= RESERVE_S:
        return 0
    gateway, name = account

    def pull() -> int:
        try:
            return pull_events(gateway, name, time_left_s)
        except (GatewayError, UnknownGateway) as error:
            logger.warning("gateway not read", gateway=gateway, account=name, reason=str(error))
            metrics.add_metric(name="GatewayNotRead", unit="Count", value=1)
            return 0

    return keep_going("pulled", pull, gateway=gateway, account=name) or 0
