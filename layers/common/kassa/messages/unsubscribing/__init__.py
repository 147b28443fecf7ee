"""Unsubscribing: what somebody meets who follows the link that ends messages of a kind."""
