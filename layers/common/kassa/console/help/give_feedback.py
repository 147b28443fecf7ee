"""Give feedback: keep what somebody says of a page, and tell the stack's operator that they did."""

from secrets import token_hex

from kassa.console.help import feedback_store
from kassa.console.help.feedback import TEXT_MAX, Feedback
from kassa.platform import clock
from kassa.platform.telemetry import count, logger


def give_feedback(person_id: str, page: str, text: str) -> bool:
    """Keep what somebody says; tell whether there was room within their hour.

    What is beyond a thousand characters is left out. The log names ids alone.
    """
    feedback = Feedback(
        feedback_id=f"fb_{token_hex(6)}",
        person_id=person_id,
        page=page,
        text=text.strip()[:TEXT_MAX],
        given_at=clock.now(),
    )
    if not feedback_store.keep(feedback):
        logger.warning("feedback refused: too many within an hour", person_id=person_id)
        return False
    logger.info("feedback given", feedback_id=feedback.feedback_id, person_id=person_id, page=page)
    count("FeedbackGiven")
    return True
