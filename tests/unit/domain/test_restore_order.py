"""The restore order, by example and over any graph."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.restore_order import closure, find_circle, held_by, in_order, levels, ready

if TYPE_CHECKING:
    from random import Random

SITE = {"dns": (), "storage": (), "orders-db": ("dns", "storage"), "api": ("dns", "orders-db"), "docs": ("dns",)}


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, list[str]]:
    """Any graph without a circle, its names in an order that tells nothing."""
    names = draw(st.permutations([f"s{place}" for place in range(draw(st.integers(0, 8)))]))
    return {name: [parent for parent in names[:place] if draw(st.booleans())] for place, name in enumerate(names)}


any_graph = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefx"), max_size=3), max_size=6)


def test_an_order_names_each_after_all_it_depends_on() -> None:
    assert in_order(SITE) == ["dns", "storage", "docs", "orders-db", "api"]
    assert levels(SITE) == [["dns", "storage"], ["docs", "orders-db"], ["api"]]


def test_dependencies_come_along() -> None:
    assert closure(SITE, ["orders-db"]) == ["dns", "storage", "orders-db"]


def test_a_circle_is_named_in_full() -> None:
    assert find_circle({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == ["a", "b", "c", "a"]


def test_what_depends_on_itself_is_a_circle() -> None:
    assert find_circle({"a": ["a"]}) == ["a", "a"]


def test_a_chain_longer_than_the_stack_is_no_circle() -> None:
    assert find_circle({str(place): [str(place + 1)] for place in range(5_000)}) is None


def test_a_circle_has_no_order() -> None:
    with pytest.raises(ValueError, match=r"circle or an unknown name: \['a', 'b'\]"):
        levels({"a": ["b"], "b": ["a"]})


def test_what_stopped_holds_all_that_depends_on_it() -> None:
    assert held_by(SITE, {"storage"}) == {"orders-db": ["storage"], "api": ["storage"]}
    assert held_by(SITE, {"storage", "orders-db"}) == {"api": ["orders-db"]}
    assert held_by(SITE, {"dns", "storage"})["orders-db"] == ["dns", "storage"]


@given(acyclic(), st.randoms(use_true_random=False))
def test_each_starts_only_after_all_it_depends_on_and_then_at_once(graph: dict[str, list[str]], random: Random) -> None:
    released: set[str] = set()
    started: set[str] = set()
    while len(released) < len(graph):
        now = ready(graph, released, started)
        assert now == sorted(name for name in graph if name not in started and released.issuperset(graph[name]))
        started.update(now)
        released.add(random.choice(sorted(started - released)))
    assert started == set(graph)


@given(acyclic())
def test_an_order_without_circles_holds_every_name_once(graph: dict[str, list[str]]) -> None:
    order = in_order(graph)
    assert sorted(order) == sorted(graph)
    assert all(order.index(parent) < order.index(name) for name in graph for parent in graph[name])
    assert find_circle(graph) is None


@given(any_graph)
def test_a_circle_is_found_when_there_is_one_and_each_of_its_steps_is_a_dependency(graph: dict[str, list[str]]) -> None:
    known = {name: [parent for parent in parents if parent in graph] for name, parents in graph.items()}
    circle = find_circle(graph)
    if circle is None:
        assert sorted(in_order(known)) == sorted(graph)
    else:
        assert circle[0] == circle[-1]
        assert len(set(circle)) == len(circle) - 1
        assert all(child in graph[name] for name, child in pairwise(circle))


@given(acyclic(), st.data())
def test_a_name_is_held_when_something_before_it_stopped(graph: dict[str, list[str]], data: st.DataObject) -> None:
    stopped = data.draw(st.sets(st.sampled_from(sorted(graph)))) if graph else set()
    held = held_by(graph, stopped)
    for name in graph:
        before = set(closure(graph, [name])) - {name}
        assert (name in held) == (name not in stopped and bool(before & stopped))
        assert set(held.get(name, ())) <= stopped & before
