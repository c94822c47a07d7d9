"""The backups of the six systems, made by the demo's own supervisor with the tools that operations teams use."""
