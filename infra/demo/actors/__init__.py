"""Who acts in the demo: the shop, whoever has a key of the API, and everybody at the gateways."""
