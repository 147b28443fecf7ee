"""The screens of help."""
