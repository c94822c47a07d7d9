"""Markdown reaches a page as text: no tag, attribute or address of the author's works there."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reports.markdown_html import markdown_html

OWN = sorted((Path(__file__).parents[2] / "fixtures" / "runbooks").glob("*.md"))
TAGS = frozenset("p br h3 h4 h5 h6 pre code ul ol li blockquote strong em s a table tr th td hr".split())  # noqa: SIM905 - names of tags


class Seen(HTMLParser):
    """What a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def assert_harmless(markdown: str) -> Seen:
    seen = Seen(markdown_html(markdown))
    assert set(seen.tags) <= TAGS
    assert {name for name, _ in seen.attributes} <= {"href", "rel", "start"}
    addresses = [value or "" for name, value in seen.attributes if name == "href"]
    assert all(address.startswith(("http:", "https:", "mailto:")) for address in addresses)
    return seen


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1)) [y](JAVASCRIPT:x) [z](data:text/html,x) [w](vbscript:x)",
        '[x](https://a.org/"onmouseover="alert(1))',
        "`<b>` &lt;script&gt;\n\n```html\n</code></pre><script>x</script>\n```",
        '<svg/onload=alert(1)> <a href="https://evil.org">bank</a> <button>Approve</button>',
        "# <style>*{display:none}</style>",
        '| <b onclick="x"> |\n|---|\n| <iframe> |\n',
    ],
)
def test_nothing_of_the_authors_runs_on_a_page(markdown: str) -> None:
    assert_harmless(markdown)


def test_shapes_become_plain_html() -> None:
    html = markdown_html("# T\n\n2. a **b**\n3. c\n\n- [x] d\n\n```sh\na < b\n```\n\n> [!NOTE]\n> e\n")
    assert html.replace("\n", "") == (
        '<h3>T</h3><ol start="2"><li>a <strong>b</strong></li><li>c</li></ol><ul><li>☑ d</li></ul>'
        "<pre><code>a &lt; b</code></pre><blockquote><p><strong>Note</strong></p><p>e</p></blockquote>"
    )


def test_code_is_exact() -> None:
    assert "<pre><code>a  &amp;&amp; &lt;b&gt;\t$x\n</code></pre>" in markdown_html("~~~\na  && <b>\t$x\n~~~")


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_every_runbook_of_the_labelled_set_is_harmless(path: Path) -> None:
    assert_harmless(path.read_text())


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("a<>&!/=\"'`[]()\n -1.|:\\sjavript#*"), max_size=100))
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(text)
