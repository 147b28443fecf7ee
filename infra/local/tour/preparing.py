"""What an operator does before the first sale: a mapping, routes, a certificate."""

from infra import strict_files
from infra.local.tour import fake_certificate, saved_routes
from infra.local.trouble import Trouble
from infra.stack import ROOT, Stack
from infra.stack_clients import connect, operator
from kassa.audit.trail import Actor
from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping.parse import read_mapping

EXAMPLE = ROOT / "docs" / "mappings" / "example.yaml"


def prepare(stack: Stack) -> None:
    """Save what rules from the first order on."""
    connect(stack)
    by = operator(stack)
    save_example_mapping(by)
    saved_routes.save(by)
    fake_certificate.keep(stack)


def save_example_mapping(by: Actor) -> None:
    """Let the mapping of the docs rule what the gateway without an API tells."""
    mapping = read_mapping(strict_files.read(EXAMPLE)).mapping
    if mapping is None:
        raise Trouble(f"{EXAMPLE} can't be saved: 'kassa mapping check' says why")
    mappings.save("standard", "main", mapping, by)
