"""What must be so in the end, worked out from the scenario and the gateways' terms alone."""
