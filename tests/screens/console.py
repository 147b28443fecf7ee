"""The way into the console of a stack that runs."""

import json
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
KASSA = str(ROOT / ".venv/bin/kassa")
REFUNDS = (
    ("order-1201", "60.00 USD", "charged_twice"),
    ("order-1405", "10000 ISK", "damaged"),
    ("order-1401", "60.00 EUR", "not_as_described"),
    ("order-1501", "60.00 EUR", "damaged"),
    ("order-1502", "55.00 EUR", "not_received"),
)


class Console(NamedTuple):
    """How somebody gets into the console of the stack that runs."""

    environment: dict[str, str]

    def kassa(self, *arguments: str) -> str:
        """Run a command of Kassa's, and return what it prints."""
        done = subprocess.run(
            [KASSA, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def person(self, name: str, *roles: str) -> str:
        """Add a person with roles, and return their id."""
        chosen = [word for role in roles for word in ("--role", role)]
        made = json.loads(self.kassa("persons", "create", "--name", name, *chosen, "--json"))
        return str(made["person_id"])

    def request_refunds(self) -> None:
        """Ask for refunds of the demo's payments that its policy leaves to people."""
        shop = self.person("Shop", "support")
        key = json.loads(self.kassa("keys", "create", "--person", shop, "--json"))["api_key"]
        for order, amount, reason in REFUNDS:
            asked = ("--order", order, "--amount", amount, "--reason", reason, "--key", key)
            self.kassa("refunds", "request", *asked, "--comment", "It came <b>broken</b>.")

    def link(self, person_id: str) -> str:
        """Return a link that lets a person in, once."""
        said = self.kassa("console", "open", "--person", person_id, "--print")
        found = re.search(r"http://\S+", said)
        assert found, said
        return found[0]
