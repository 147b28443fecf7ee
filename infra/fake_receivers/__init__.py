"""An offline receiver of Kassa's webhooks: it verifies, keeps, and misbehaves on demand."""
