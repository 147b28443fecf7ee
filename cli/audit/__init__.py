"""`kassa audit`: who did what, and whether the trail is whole."""
