"""The fake of a gateway that nobody knows: it has no API and reports all by Standard Webhooks."""
