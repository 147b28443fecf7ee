"""Payments that people enter: cash, a till, a bank transfer, a cheque."""
