"""Bringback brings systems back: in the documented order, from proven backups, on a measured clock."""
