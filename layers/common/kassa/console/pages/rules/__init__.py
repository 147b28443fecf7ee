"""What the screens of rules show, and how their forms are read."""
