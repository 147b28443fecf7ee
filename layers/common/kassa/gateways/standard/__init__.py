"""Any gateway that signs by Standard Webhooks and is read by a mapping."""
