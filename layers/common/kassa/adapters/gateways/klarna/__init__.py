"""Klarna: hosted pages and order management, settlements, disputes and Network webhooks."""
