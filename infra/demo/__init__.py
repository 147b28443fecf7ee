"""The demo: a shop sells at one gateway or at all, money goes back, and everything is checked."""
