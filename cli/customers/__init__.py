"""`kassa customers`: who a customer is, their account, and what they may ask for by law."""
