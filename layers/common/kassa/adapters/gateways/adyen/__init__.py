"""Adyen: eight signed fields an item, settlement reports, and an API that answers later."""
