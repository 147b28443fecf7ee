"""What carriers report after they took a message: delivered, bounced, complained of."""
