"""The seventh gateway: as small as one can be, and all that adding a gateway takes.

Its package stands in `seven/`, with the same file names as those of `kassa.gateways`; beside it are
its line for the registry (`registration.py`), its fake, its scene and its page. Nothing else names
it, and every test of all gateways runs over it too: docs/adding-a-gateway.md walks through it.
"""
