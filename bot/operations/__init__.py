"""What a person can ask for: one verb a file. Slack and the terminal both call these."""
