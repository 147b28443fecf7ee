"""The certificates that PayPal signs webhooks with."""
