"""`kassa events`: what gateways sent, and what it made true."""
