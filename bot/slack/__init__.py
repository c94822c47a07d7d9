"""The connection to Slack, the inbox and the outbox."""
