"""What messages there are, what each says in which language, and how they look."""
