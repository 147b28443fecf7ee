"""What holds for every test: properties have no deadline, since timings are noisy everywhere."""

import os

import stripe
from hypothesis import Phase, settings

from tests.support.aws_stack import context as context
from tests.support.aws_stack import fake_clock as fake_clock
from tests.support.aws_stack import stack as stack
from tests.support.intake import intake as intake

stripe.enable_telemetry = False  # it would write an id into HOME

settings.register_profile("kassa", deadline=None, derandomize="CI" in os.environ)
settings.register_profile(  # against each planted mistake: few examples, the same, not made small
    "mutation",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("kassa")
