"""What each release stored, as its own code wrote it; see CONTRIBUTING.md."""
