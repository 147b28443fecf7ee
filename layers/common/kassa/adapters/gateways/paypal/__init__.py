"""PayPal: its signature, its events of both API generations, its calls; its words end here."""
