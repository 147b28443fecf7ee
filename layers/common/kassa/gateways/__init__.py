"""One vocabulary towards every payment gateway."""
