"""What watches over silence."""
