"""Kassa, the payment back office: domain, operations and adapters shared by every function."""

from kassa.built_for import check_layers

check_layers()
