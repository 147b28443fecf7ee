"""PayPal's twin: orders, captures, refunds, disputes, reports, webhooks signed by its own CA."""
