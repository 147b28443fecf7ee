"""Signing in at an OpenID Connect issuer: out to it with a browser, and back with its word."""
