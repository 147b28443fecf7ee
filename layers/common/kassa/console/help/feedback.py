"""What somebody who works here says of a page."""

from datetime import timedelta

from pydantic import Field

from kassa.core.model import Instant, Model

TEXT_MAX = 1000  # characters
AN_HOUR_MAX = 10  # of one person
KEPT_FOR = timedelta(days=180)


class Feedback(Model):
    """One person's word: free text, so it stands here alone, in no log and no fact."""

    feedback_id: str
    person_id: str
    page: str = Field(max_length=40)  # the screen's name; none where it was of no page
    text: str = Field(min_length=1, max_length=TEXT_MAX)
    given_at: Instant
