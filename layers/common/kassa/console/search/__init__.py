"""What a text names, over all rooms that people look at."""
