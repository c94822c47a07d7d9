"""Reviews, health, metrics, on one aiohttp server."""
