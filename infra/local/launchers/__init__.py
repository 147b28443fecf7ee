"""Scripts by which the programs of others are started: each runs in a process of its own."""
