"""Incoming Slack: payload to operation to blocks, one file per feature."""
