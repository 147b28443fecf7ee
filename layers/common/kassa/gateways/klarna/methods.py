"""Klarna's method in our words: whatever the customer agreed with Klarna, Klarna pays."""

from kassa.gateways.payment_methods import means

KLARNA = means("klarna")
