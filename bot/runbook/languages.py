"""Languages of fences: which hold commands, and whose quoting is known."""

from __future__ import annotations

SHELLS = frozenset({
    "sh", "bash", "shell", "zsh", "ksh", "fish", "console", "shell-session", "shellsession", "sh-session", "terminal",
    "bash-session", "powershell", "pwsh", "ps1", "cmd", "bat", "batch",
})  # fmt: skip
"""Languages of fences that hold shell commands."""

POSIX_SHELLS = SHELLS - {"powershell", "pwsh", "ps1", "cmd", "bat", "batch", "fish"} | {""}
"""Languages whose quoting is that of sh; a fence without a language is taken for one."""

QUERIES = frozenset({"sql", "psql", "pgsql", "mysql", "plsql", "promql", "redis", "cypher"})
"""Languages of fences that hold statements to run in a client."""

SESSIONS = frozenset({"console", "shell-session", "shellsession", "sh-session", "bash-session", "terminal"})
"""Languages in which only lines behind a prompt are commands."""

NO_PROGRAMS = SESSIONS | QUERIES | {
    "text", "txt", "plain", "plaintext", "none", "output", "log", "logs", "ini", "conf", "config", "properties", "toml",
    "yaml", "yml", "json", "jsonc", "json5", "xml", "html", "css", "csv", "diff", "patch", "markdown", "md", "mermaid",
    "http", "dockerfile", "hcl", "jinja", "jinja2", "ps1", "cmd", "bat", "batch", "go", "golang", "js",
    "javascript", "ts", "typescript", "rb", "py", "rust", "terraform", "postgresql",
}  # fmt: skip
"""Languages that are no name of a program which runs a file that it is given (`psql FILE` takes it for a database)."""
