"""Keeps what functions log out of what a command prints."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from kassa.platform.telemetry import logger


@contextmanager
def unlogged() -> Iterator[None]:
    """Keep log and metrics out of what a command prints: it says the same in its own words."""
    level = logger.log_level
    logger.setLevel(logging.CRITICAL)
    try:
        with redirect_stdout(StringIO()):
            yield
    finally:
        logger.setLevel(level)
