"""The fake BTCPay Server: one store, as its documentation and its OpenAPI describe it."""
