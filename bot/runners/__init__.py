"""Ways to run a command: one file each."""
