"""`kassa import`: a gateway's past, by its API or a file."""
