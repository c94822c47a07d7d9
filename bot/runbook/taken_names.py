"""Names of variables that shells, loaders and tools go by: no value of an input stands in one of them."""

from __future__ import annotations

_TAKEN = frozenset({
    "CDPATH", "COLUMNS", "DISPLAY", "EDITOR", "EGID", "ENV", "EUID", "FPATH", "FUNCNAME", "GID", "GROUPS", "HISTFILE",
    "HOME", "HOSTNAME", "HOSTTYPE", "IFS", "LANG", "LANGUAGE", "LINENO", "LINES", "LOGNAME", "MACHTYPE", "MAIL",
    "MAILCHECK", "MAILPATH", "MODULE_PATH", "NODE_OPTIONS", "NODE_PATH", "NULLCMD", "OLDPWD", "OPTARG", "OPTERR",
    "OPTIND", "OSTYPE", "PAGER", "PATH", "PIPESTATUS", "POSIXLY_CORRECT", "PPID", "PROMPT", "PROMPT_COMMAND", "PS0",
    "PS1", "PS2", "PS3", "PS4", "PWD", "RANDOM", "READNULLCMD", "REPLY", "SECONDS", "SHELL", "SHELLOPTS", "SHLVL",
    "SUDO_ASKPASS", "TEMP", "TERM", "TMOUT", "TMP", "TMPDIR", "TZ", "UID", "USER", "USERNAME", "VISUAL", "HTTP_PROXY",
    "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY", "JAVA_TOOL_OPTIONS", "_",
})  # fmt: skip

SAFE = "_VALUE"
"""Behind a name that is taken."""

_STARTS = ("BASH", "DYLD_", "GCONV_", "GIT_", "GLIBC_", "LC_", "LD_", "MALLOC_", "PERL", "PYTHON", "RUBY", "ZSH")


def is_taken(name: str) -> bool:
    """Whether something goes by a variable of that name: with a value in it, commands would do something else."""
    upper = name.upper()
    return upper in _TAKEN or (upper.startswith(_STARTS) and not upper.endswith(SAFE))


def safe(name: str) -> str:
    """A name that nothing goes by."""
    return f"{name}{SAFE}" if is_taken(name) else name
