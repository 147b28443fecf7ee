"""Exchange rates as data, and one total of all currencies, marked as converted."""
