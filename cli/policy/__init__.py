"""`kassa policy`: refund policies, written, checked, tried and saved."""
