"""Tax: which rates there are and since when, as a merchant entered them."""
