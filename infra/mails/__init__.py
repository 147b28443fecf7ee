"""The layout of mails: compiled from MJML, and looked at."""
