"""What the shop is to hold: one tag for each order's payment."""

from kassa.partners.ports import FactContext, Holds, Record, RecordUnreadable

TAGS = {"PaymentCaptured": "paid", "RefundSucceeded": "refunded"}


def tag(context: FactContext) -> Record:
    """Build the tag of a payment, by its latest fact."""
    about, fact = context.fact["metadata"], context.fact["data"]["fact"]
    if fact not in TAGS:
        raise RecordUnreadable(f"the shop has no tag for {fact}")
    return Record(
        kind="tag",
        key=about["subject_id"],
        holds=Holds.SUBJECT,
        subject=f"payment/{about['gateway']}/{about['account']}/{about['subject_id']}",
        version=int(about["version"]),
        fields={"tag": TAGS[fact], "version": int(about["version"])},
    )
