"""The fake of a gateway that nobody knows: it has no API and tells all by Standard Webhooks."""
