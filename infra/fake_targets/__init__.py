"""Offline fakes of partners' programs, as their own documentation would describe them."""
