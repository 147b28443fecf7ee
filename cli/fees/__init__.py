"""`kassa fees`: what gateways may charge."""
