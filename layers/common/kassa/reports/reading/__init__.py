"""Reports as they are read: finished ones, lists of them, and the day that goes on."""
