"""The restore order: a graph of names in which each waits for all it depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

Graph = Mapping[str, Sequence[str]]
"""Name to the names that it depends on."""


def find_circle(graph: Graph) -> list[str] | None:
    """A dependency circle named in full (`[a, b, a]`: a depends on b, b on a), or None. Unknown names are left out."""
    finished: set[str] = set()
    for start in sorted(graph):
        circle = _walk(graph, start, [], finished)
        if circle:
            return circle
    return None


def _walk(graph: Graph, start: str, path: list[str], finished: set[str]) -> list[str] | None:
    # Iterative: an estate may be a chain longer than the interpreter's stack.
    stack: list[tuple[str, Iterable[str]]] = []
    on_path: dict[str, int] = {}

    def enter(name: str) -> None:
        on_path[name] = len(path)
        path.append(name)
        stack.append((name, iter(sorted(graph.get(name, ())))))

    if start not in finished:
        enter(start)
    while stack:
        name, rest = stack[-1]
        child = next(iter(rest), None)
        if child is None:
            stack.pop()
            path.pop()
            del on_path[name]
            finished.add(name)
        elif child in on_path:
            return [*path[on_path[child] :], child]
        elif child not in finished and child in graph:
            enter(child)
    return None


def closure(graph: Graph, wanted: Iterable[str]) -> list[str]:
    """The wanted names and everything that they depend on, in restore order."""
    keep: set[str] = set()
    todo = list(wanted)
    while todo:
        name = todo.pop()
        if name not in keep:
            keep.add(name)
            todo.extend(graph.get(name, ()))
    return in_order({name: [parent for parent in graph.get(name, ()) if parent in keep] for name in keep})


def in_order(graph: Graph) -> list[str]:
    """All names, each after everything that it depends on; names that could go at once stand in alphabetical order."""
    return [name for level in levels(graph) for name in level]


def levels(graph: Graph) -> list[list[str]]:
    """Names by how many dependencies stand before them: for showing an order, never for running one."""
    result: list[list[str]] = []
    placed: set[str] = set()
    while len(placed) < len(graph):
        level = sorted(name for name in graph if name not in placed and placed.issuperset(graph[name]))
        if not level:
            message = f"the graph has a circle or an unknown name: {sorted(set(graph) - placed)}"
            raise ValueError(message)
        result.append(level)
        placed.update(level)
    return result


def ready(graph: Graph, verified: AbstractSet[str], started: AbstractSet[str]) -> list[str]:
    """The names to start now: not started, and all that they depend on verified."""
    return sorted(name for name in graph if name not in started and all(parent in verified for parent in graph[name]))


def held_by(graph: Graph, stopped: AbstractSet[str]) -> dict[str, list[str]]:
    """Names that cannot start because of what stopped before them, with the stopped names that hold them."""
    held: dict[str, list[str]] = {}
    for name in in_order(graph):
        holders = [parent for parent in graph[name] if parent in stopped or parent in held]
        if holders and name not in stopped:
            held[name] = sorted({root for parent in holders for root in held.get(parent, [parent])})
    return held
