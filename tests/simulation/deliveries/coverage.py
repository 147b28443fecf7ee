"""Rare situations that a whole run of deliveries must have met, by the seeds that takes."""

from tests.simulation.engine.coverage import SEEDS_MIN, Situations

SITUATIONS: Situations = {
    SEEDS_MIN: (
        "a handled message was redelivered",
        "a mail is unknown in the end",
        "a mail was refused",
        "a mail's bounce was reported",
        "a mail's complaint was reported",
        "a message was dead-lettered",
        "a message was delivered twice",
        "a note was looked up",
        "a person drove a delivery again",
        "a receiver took a webhook and failed",
        "a receiver throttled",
        "a receiver was down",
        "a receiver was down for a day",
        "a webhook was taken twice",
        "a day's runs were missed",
        "a fee was charged for being late",
        "a reminder caught up after days",
        "an invoice was paid while it was owed",
        "an invoice was paused while it was owed",
        "an invoice was promised while it was owed",
        "an effect landed late",
        "the CRM throttled",
        "the CRM took a record and failed",
        "the CRM was down",
    ),
    5 * SEEDS_MIN: ("a reminder was skipped: it wasn't true any more",),
}
