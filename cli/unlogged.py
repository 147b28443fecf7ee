"""Keeps what functions log out of what a command prints."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from kassa.platform.telemetry import logger


@contextmanager
def unlogged() -> Iterator[None]:
    """Keep the log out of what the command prints: it says the same in its own words."""
    level = logger.log_level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
