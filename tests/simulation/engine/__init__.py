"""Time, turns, faults, and what became of a seed: the simulation's engine, which knows no world."""
