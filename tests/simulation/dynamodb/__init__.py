"""Our own DynamoDB: in process, with real expressions, transactions and limits."""
