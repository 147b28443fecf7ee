"""The embedded stack, as a person starts it: one for all tests here, and gone after them."""
