"""The door for webhooks: verified, queued, answered."""
