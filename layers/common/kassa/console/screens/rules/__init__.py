"""The screens of rules: each kind of them is one module, and all go the same way."""
