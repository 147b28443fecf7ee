"""Fake carriers: SES and End User Messaging on loopback, with mails as files that can be opened."""
