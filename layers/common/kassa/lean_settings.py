"""The names that intake alone needs, read without pydantic (a third of its cold start)."""

import os
from functools import cache
from typing import NamedTuple


class LeanSettings(NamedTuple):
    """A part of `kassa.settings.Settings`, under the same variables."""

    events_queue_url: str
    bucket_name: str
    secrets_prefix: str
    table_name: str
    stripe_event_source: str
    stripe_event_account: str


@cache
def lean_settings() -> LeanSettings:
    """Read the environment once; tests call `lean_settings.cache_clear()`."""
    return LeanSettings(*(os.environ.get(name.upper(), "") for name in LeanSettings._fields))
