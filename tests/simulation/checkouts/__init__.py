"""Orders, their hosted pages at five gateways, and the customers who pay there, under faults."""
