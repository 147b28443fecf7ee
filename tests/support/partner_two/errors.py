"""What the shop's codes mean: it answers 200 to everything, and says in the body how it went."""

from typing import Any

from kassa.partners.ports import Answer, Verdict

_MEANINGS = {
    "OK": Answer(Verdict.DONE),
    "THROTTLED": Answer(Verdict.BUSY, "busy", retry_after_s=60, is_for_all=True),
    "OOPS": Answer(Verdict.UNKNOWN, "no_answer", is_silent=True),
}


def answer_of(body: dict[str, Any]) -> Answer:
    """Return what an answer means; a code that isn't known refuses."""
    return _MEANINGS.get(body["code"]) or Answer(Verdict.REFUSED, str(body["code"]))
