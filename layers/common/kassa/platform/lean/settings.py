"""The names that intake alone needs, read without pydantic (a third of its cold start)."""

import os
from functools import cache
from typing import NamedTuple


class LeanSettings(NamedTuple):
    """A part of `kassa.platform.settings.Settings`, under the same variables."""

    events_queue_url: str
    bucket_name: str
    secrets_prefix: str
    table_name: str
    stripe_event_source: str
    stripe_event_account: str
    merchant_id: str  # whose stack it is; empty where nobody says
    stack_name: str
    gateway_accounts: str  # the gateway/account pairs that the stack knows of, parted by commas


def is_other_merchant(merchant_id: str) -> bool:
    """Tell whether a secret was made for another merchant than the stack's.

    What such a secret lets in would be booked under a name that no report asks for.
    """
    ours = lean_settings().merchant_id
    return bool(ours) and merchant_id != ours


@cache
def lean_settings() -> LeanSettings:
    """Read the environment once; tests call `lean_settings.cache_clear()`."""
    return LeanSettings(*(os.environ.get(name.upper(), "") for name in LeanSettings._fields))
