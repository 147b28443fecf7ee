"""Reports as PDF: the pages of a period as one document for finance, by typst."""
