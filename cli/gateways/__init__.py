"""`kassa gateways`: accounts at gateways, and why gateways decline."""
