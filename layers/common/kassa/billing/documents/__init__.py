"""What a document of a sale says: parties, lines, taxes and totals, whatever form it takes."""
