"""`kassa trigger`: something happens at a gateway, and its event is sent."""
