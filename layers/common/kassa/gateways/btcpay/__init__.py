"""BTCPay Server."""
