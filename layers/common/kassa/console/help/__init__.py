"""Help: tasks by role, the glossary, what to do when automation is down, the tour, feedback."""
