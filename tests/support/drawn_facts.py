"""Facts of a day of 25 hours, drawn by hypothesis, and how the report's queries count them."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from kassa.archive import counting, warehouse
from kassa.archive.tallies import Tally
from kassa.core.periods import Period
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from tests.support.facts import balanced, captured, fact, failed, moved

K = PostingKind
DAY = Period.of(date(2026, 10, 25), "Europe/Berlin")  # 25 hours
NOON = DAY.starts_at + timedelta(hours=13)


def tally(*files: Sequence[AnyFact], period: Period = DAY, seen: Sequence[AnyFact] = ()) -> Tally:
    """Archive facts in these files and count them."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, f"{n}.parquet") for n in range(len(files) + 1)]
        for path, facts in zip(paths, [*files, seen], strict=True):
            path.write_bytes(warehouse.to_parquet(facts))
        return counting.tally(paths[:-1], period, "main", paths[-1:] if seen else ())


AMOUNTS = st.integers(1, 10**7)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
MONEY = st.tuples(AMOUNTS, CURRENCIES)
PAYMENTS = st.integers(1, 6).map("pi_{}".format)
INSTANTS = st.integers(-3600, 26 * 3600).map(lambda s: DAY.starts_at + timedelta(seconds=s))
METHODS = st.sampled_from([None, "card", "konbini"])
GIVEN_BACK = st.sampled_from(
    [
        ("RefundSucceeded", (K.REFUND,)),
        ("RefundFailed", (K.REFUND, K.REFUND_REVERSAL)),
        ("RefundFailed", (K.REFUND_REVERSAL,)),
        ("DisputeFundsWithdrawn", (K.CHARGEBACK,)),
        ("DisputeFundsReinstated", (K.CHARGEBACK_REVERSAL,)),
        ("PaymentReversed", (K.CAPTURE_REVERSAL,)),
        ("PayoutPaid", (K.PAYOUT,)),
        ("PayoutFailed", (K.PAYOUT, K.PAYOUT_REVERSAL)),
    ]
)


@st.composite
def some_facts(draw: st.DrawFn) -> list[AnyFact]:
    """Draw a day's facts, a few of them booked just outside it."""
    facts: list[AnyFact] = []
    for n in range(draw(st.integers(0, 25))):
        at, money, payment = draw(INSTANTS), draw(MONEY), draw(PAYMENTS)
        match draw(st.sampled_from(["capture", "described", "failed", "balance", "back"])):
            case "capture":
                opening = draw(st.booleans())
                named = {"object_id": f"ch_{n}", "opening": opening}
                facts.append(captured(payment, at, money, draw(METHODS), **named))
            case "described":
                named = {"object_id": f"ch_{n - 1}", "method": "paypay"}
                facts.append(fact("PaymentDescribed", payment, at, money, **named))
            case "failed":
                facts.append(failed(payment, at, money, draw(st.sampled_from([None, "no"])), n))
            case "balance":
                sign = draw(st.sampled_from([1, -1]))
                gross = (sign * money[0], money[1])
                facts.append(balanced(f"txn_{n}", at, gross, draw(st.integers(-50, 50))))
            case _:
                name, kinds = draw(GIVEN_BACK)
                facts.append(moved(name, payment, at, money, *kinds, object_id=f"re_{n}"))
    return facts
