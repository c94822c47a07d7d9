"""The only room that knows Tortoise. Takes and returns domain values."""
