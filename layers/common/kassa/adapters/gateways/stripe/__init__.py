"""Stripe: all API versions from 2017 on; its vocabulary ends in this package."""
