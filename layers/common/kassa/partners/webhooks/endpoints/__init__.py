"""Endpoints: where facts are sent, which, how they fare, and how they are kept."""
