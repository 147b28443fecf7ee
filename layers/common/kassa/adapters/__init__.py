"""Doors to the outside: table, queues, bus, archive, secrets, gateways."""
