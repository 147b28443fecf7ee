"""What each screen of the console shows, made of what was read for it."""
