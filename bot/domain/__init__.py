"""Values and rules. Pure: time, files and the network are arguments."""
