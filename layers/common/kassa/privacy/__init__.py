"""What is held of a person, over all rooms: handed out, and erased."""
