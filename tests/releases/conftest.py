"""The stack of the integration tests, for what is stored."""

from tests.integration.conftest import context as context
from tests.integration.conftest import fake_clock as fake_clock
from tests.integration.conftest import stack as stack
