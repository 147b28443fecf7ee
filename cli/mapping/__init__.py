"""`kassa mapping`: what the events of a gateway by Standard Webhooks mean."""
