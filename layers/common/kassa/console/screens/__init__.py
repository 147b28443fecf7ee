"""What each screen reads, and what people do there."""
