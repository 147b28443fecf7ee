"""`kassa tax`: the rates of tax that a merchant entered."""
