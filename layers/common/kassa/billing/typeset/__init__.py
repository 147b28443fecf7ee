"""Documents as PDF: layouts, texts of each language, and what fills them."""
