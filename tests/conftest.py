"""What holds for every test: properties have no deadline, since timings are noisy everywhere.

And they try the same examples for everybody, so that a change fails by what it changed alone.
What no example has shown yet is looked for at random by `make properties`, every night; what
that finds becomes an example, or a test of its own, for good.
"""

import gc
import os

import stripe
from hypothesis import Phase, settings

from tests.support.aws_stack import context as context
from tests.support.aws_stack import fake_clock as fake_clock
from tests.support.aws_stack import stack as stack
from tests.support.intake import intake as intake
from tests.support.summary_alone import summary_alone as summary_alone

gc.disable()  # a fifth of what finding all tests takes: next to nothing of it is ever garbage
stripe.enable_telemetry = False  # it would write an id into HOME
# What Stripe's client tries again, such as at a gateway that isn't there, it tries again at once.
stripe.HTTPClient.INITIAL_DELAY, stripe.HTTPClient.MAX_DELAY = 0.0, 0

settings.register_profile("kassa", deadline=None, derandomize=True)
settings.register_profile(  # prints how to play what failed again
    "search",
    deadline=None,
    max_examples=int(os.environ.get("EXAMPLES", "100")),
    print_blob=True,
)
settings.register_profile(  # against each planted mistake: few examples, the same, not made small
    "mutation",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("kassa")


def pytest_collection_finish() -> None:
    """Collect what the tests leave, and look no more at the modules and tests themselves.

    Else every full collection looks at two million objects that stay: an eighth of all the time.
    """
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


def pytest_unconfigure() -> None:
    """Let the interpreter clear up at its end as ever."""
    gc.unfreeze()
