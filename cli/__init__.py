"""`kassa`, the operator's command line; nothing here is shipped to Lambda."""
