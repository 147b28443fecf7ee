"""What gateways may charge, as the merchant entered it."""
