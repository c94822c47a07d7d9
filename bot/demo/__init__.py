"""An estate of real systems on loopback, to break and to bring back. Stands alone."""
