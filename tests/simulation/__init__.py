"""The fault simulator: real handlers on models of the store, queues, bus, clock and gateway."""
