"""AWS and the runtime, for all capabilities."""
