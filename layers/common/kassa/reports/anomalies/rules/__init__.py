"""The rules: what stands out, of rows that SQL counted."""
