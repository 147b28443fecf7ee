"""How gateways answered what they were asked: counts, and how long answers took."""

from bisect import bisect_left

from kassa.core.model import Model

# Milliseconds: an answer counts at the first limit that it took no longer than.
LIMITS_MS = (50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000)


class CallCounts(Model):
    """What came of the calls to one gateway account."""

    answered: int = 0  # a refusal is an answer
    refused: int = 0  # of those
    unanswered: int = 0  # nobody knows what the gateway did
    within: tuple[int, ...] = (0,) * (len(LIMITS_MS) + 1)  # by LIMITS_MS; the last took longer

    def answer(self, elapsed_ms: float, is_refusal: bool) -> "CallCounts":
        """Return the counts with an answer more."""
        at = bisect_left(LIMITS_MS, elapsed_ms)
        within = tuple(count + (n == at) for n, count in enumerate(self.within))
        refused = self.refused + is_refusal
        changed = {"answered": self.answered + 1, "refused": refused, "within": within}
        return self.model_copy(update=changed)

    def silence(self) -> "CallCounts":
        """Return the counts with a call more that wasn't answered."""
        return self.model_copy(update={"unanswered": self.unanswered + 1})
