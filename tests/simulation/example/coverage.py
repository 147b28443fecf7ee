"""What a whole run must have met somewhere."""

from tests.simulation.engine.coverage import SEEDS_MIN
from tests.simulation.engine.faults import Fault

SITUATIONS = {
    SEEDS_MIN: (
        *(str(fault) for fault in (Fault.CRASH_AFTER, Fault.RESPONSE_LOST, Fault.CONFLICT)),
        "a request was sent again",
        "an effect landed late",
    )
}
