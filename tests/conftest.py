"""What holds for every test: properties have no deadline, since timings are noisy everywhere."""

import os

from hypothesis import settings

settings.register_profile("kassa", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("kassa")
