"""The fake PayPal: orders, captures, refunds, disputes, reports, webhooks signed by its own CA."""
