"""Markdown to Runbook. Pure but for reading files."""
