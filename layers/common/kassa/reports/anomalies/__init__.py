"""What stands out of a period: found by rules over what SQL counted."""
