"""`./run bench NAME [ARGS]`: each benchmark is a module of this folder; its `main(arguments)` returns the exit code."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.benchmarks


def names() -> list[str]:
    """The benchmarks there are."""
    found = (module.name for module in pkgutil.iter_modules(tests.benchmarks.__path__))
    return sorted(name.replace("_", "-") for name in found if not name.startswith("_"))


def main(arguments: list[str]) -> int:
    """Run the one that is named; without a name, or with an unknown one, say which there are."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name not in names():
        sys.stderr.write(f"usage: ./run bench NAME [ARGS]\nbenchmarks: {', '.join(names())}\n")
        return 0 if name in {"-h", "--help"} else 2
    module = importlib.import_module(f"tests.benchmarks.{name.replace('-', '_')}")
    return int(module.main(rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
