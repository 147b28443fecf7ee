"""What a whole run must have met somewhere."""

from tests.simulation.engine.coverage import SEEDS_MIN
from tests.simulation.engine.faults import Fault

SITUATIONS = {
    SEEDS_MIN: (
        *(str(fault) for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.RESPONSE_LOST)),
        *(str(fault) for fault in (Fault.CONFLICT, Fault.REPEATED, Fault.THROTTLE)),
        *("an effect landed late", "a late effect was refused"),
        *("eight workers at once", "a worker failed, and it was tried again"),
        *("a number of the new year was given", "a number became void"),
        *("an invoice was issued to be paid later", "a draft was refused"),
        *("an unfinished invoice was found", "a note with tax was held against its invoice"),
        *("a number was given by the earlier release", "a certificate was verified"),
    )
}
