"""Send what failed for good back to the queue where it failed, once its cause is mended.

Events are not among it: who may put one on their queue could book money, so an operator alone does.
"""

from collections.abc import Callable

from kassa.audit.note_act import acting
from kassa.audit.trail import Act, Actor
from kassa.core.errors import NotFound
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings

REDRIVABLE = ("refunds", "invoices", "messages", "webhooks", "partners")
RESERVE_S = 5.0  # kept back for answering


def send_back_dead_letters(queue: str, by: Actor, time_left_s: Callable[[], float]) -> int:
    """Send a queue's dead letters back as far as the time goes; return how many went.

    Raises NotFound for a queue that isn't one of REDRIVABLE.
    """
    if queue not in REDRIVABLE:
        raise NotFound(f"nobody sends back what failed of {queue[:40]} here")
    url = str(getattr(settings(), f"{queue}_queue_url"))
    act = Act(operation="dead_letters.redrive", object_id=f"queue/{queue}", by=by)
    with acting(act):
        return sqs.redrive(url, lambda: time_left_s() > RESERVE_S) if url else 0
