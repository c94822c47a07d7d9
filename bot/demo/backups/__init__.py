"""The backups of the eight systems, made by the demo's own supervisor with the tools that operations teams use."""
