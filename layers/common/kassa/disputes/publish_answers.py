"""Publish what became of a dispute's answer, each step once; what wasn't is published later."""

from kassa.core.errors import StaleWrite
from kassa.disputes.answered_facts import facts_of
from kassa.disputes.dispute import Dispute
from kassa.disputes.store import Disputes
from kassa.platform.messaging import event_bus


def publish_answers(dispute: Dispute, disputes: Disputes) -> Dispute:
    """Publish a dispute's new steps and note that they are; raise NotPublished where they weren't.

    A crash between both publishes them again, under the same ids.
    """
    if dispute.published == len(dispute.changes):
        return dispute
    event_bus.publish(facts_of(dispute))
    noted = {"published": len(dispute.changes), "version": dispute.version + 1}
    try:
        return disputes.keep(dispute.model_copy(update=noted), dispute)
    except StaleWrite:
        return disputes.named(dispute.gateway, dispute.account, dispute.dispute_id)
