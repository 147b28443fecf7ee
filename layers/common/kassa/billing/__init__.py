"""The paper work of a sale."""
