"""`kassa partners`: programs of others that hold records of what became true here."""
