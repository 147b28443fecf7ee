"""The shared kernel: pure, no AWS, no vendor; everything may import it."""
