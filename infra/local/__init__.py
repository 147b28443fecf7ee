"""The embedded stack: the real template on an emulator, a gateway and a shop, all on loopback."""
