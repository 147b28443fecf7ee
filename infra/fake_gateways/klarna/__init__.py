"""A fake Klarna: hosted pages, orders, refunds, disputes, settlements and webhooks.

Written from Klarna's documentation of Payments, Hosted Payment Page, Order Management, Settlements,
Disputes v4 and Network webhooks.
"""
