"""The smallest world there is; `adding-a-world.md` walks through it."""
