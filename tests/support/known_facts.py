"""Every kind of fact with the names that its data has, as a target's check asks for them."""

from kassa.fact_catalog import KINDS

KNOWN_FACTS = {name: frozenset(kind.model_fields) for name, kind in KINDS.items()}
