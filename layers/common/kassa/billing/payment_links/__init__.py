"""Payment links: what somebody meets who follows the link on an invoice."""
