"""Reports of windows: any whole days, asked for by a person or a program."""
