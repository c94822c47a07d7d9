"""The programs that serve dns, api, reporting and docs, each a process of its own."""
