"""A local workspace that speaks Slack's wire, and its page. Stands alone."""
