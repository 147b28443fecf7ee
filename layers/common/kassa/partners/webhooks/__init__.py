"""Webhooks to whoever asked for them: endpoints, signatures, retries, replay."""
