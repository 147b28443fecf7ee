"""How often somebody else is called: circuits that open, and rates that are kept."""
