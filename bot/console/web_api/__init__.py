"""The methods of Slack's Web API that the console serves, one file for each family."""
