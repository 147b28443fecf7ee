"""Kassa, the payment back office: its capabilities, one room each, shared by every function."""

from kassa.platform.built_for import check_layers

check_layers()
