"""BTCPay Server: crypto payments at the merchant's own server; its vocabulary ends here."""
