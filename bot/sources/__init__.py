"""Where recovery points are listed from: one file per backup tool. Nothing here writes to a backup."""
