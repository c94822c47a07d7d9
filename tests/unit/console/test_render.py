"""Text becomes HTML: Slack's own markup works, everything else comes out escaped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.config import Channel, ConsoleConfig
from bot.console.names import Names
from bot.console.records import Conversation
from bot.console.render_mrkdwn import mrkdwn, plain
from bot.console.render_rich_text import rich_text

INCIDENTS = Conversation("C1", "incidents", ("U1RESPONDER",), 0)
SECRET = Conversation("C2", "secret", ("U2APPROVER",), 0, private=True)
NAMES = Names(
    ConsoleConfig(channels=(Channel("C1", "incidents"),)), {"C1": INCIDENTS, "C2": SECRET}, viewer="U1RESPONDER"
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~ `a*b*`", "<strong>bold</strong> <em>it</em> <s>gone</s> <code>a*b*</code>"),
        ("a*b*c and 2*3*4", "a*b*c and 2*3*4"),
        ("<@U1RESPONDER>", '<span class="mention me">@responder</span>'),
        ("<@U2APPROVER|x>", '<span class="mention">@approver</span>'),
        ("<#C1>", '<a class="mention" href="/as/U1RESPONDER/C1">#incidents</a>'),
        ("<#C2>", '<span class="mention">private channel</span>'),
        ("<!here>", '<span class="mention me">@here</span>'),
        ("<!date^1392734382^{date_num} {time}|then>", "2014-02-18 14:39 UTC"),
        ("<!date^1392734382^{nonsense}|then>", "then"),
        ("&lt;@U1RESPONDER&gt; &amp;lt;", "&lt;@U1RESPONDER&gt; &amp;lt;"),
        ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
        ("> quoted\nnot", "<blockquote>quoted</blockquote>not"),
        ("```\na < b\n```", "<pre>a &lt; b</pre>"),
        (":warning: :unheard_of:", "⚠️ :unheard_of:"),
    ],
)
def test_mrkdwn_reads_as_in_slack(text: str, html: str) -> None:
    assert mrkdwn(text, NAMES) == html


def test_links_open_elsewhere_and_bare_addresses_follow_verbatim() -> None:
    rel = 'target="_blank" rel="noopener noreferrer"'
    assert mrkdwn("<https://x.test/?a=1&amp;b|a *b*>", NAMES) == f'<a href="https://x.test/?a=1&amp;b" {rel}>a *b*</a>'
    assert mrkdwn("see https://x.test.", NAMES) == f'see <a href="https://x.test" {rel}>https://x.test</a>.'
    assert mrkdwn("see https://x.test.", NAMES, verbatim=True) == "see https://x.test."


def test_a_permalink_of_the_workspace_is_followed_as_the_one_who_reads_it() -> None:
    names = replace(NAMES, address="http://127.0.0.1:9")
    assert mrkdwn("<http://127.0.0.1:9/archives/C1/p1?thread_ts=2|Open>", names) == (
        '<a href="/as/U1RESPONDER/archives/C1/p1?thread_ts=2">Open</a>'
    )
    assert 'target="_blank"' in mrkdwn("<http://127.0.0.1:99/archives/C1/p1|Open>", names)


def test_plain_text_knows_no_markup() -> None:
    assert plain("*a* <@U1RESPONDER> <b> https://x.test :x:") == (
        "*a* &lt;@U1RESPONDER&gt; &lt;b&gt; https://x.test ❌"
    )


@given(st.text(alphabet="<>&\"'*_~`|!@#^{}:/\n ab\ue000\ue0010"))
def test_no_text_makes_html_of_its_own(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for html in (str(mrkdwn(escaped, NAMES)), str(plain(text))):
        assert "<b" not in html.replace("<blockquote>", "")
        assert "mention" not in html
        assert "<a" not in html.replace('<a href="http', "")


def test_rich_text_shows_every_piece_and_escapes_it() -> None:
    pieces = [
        {"type": "text", "text": "<b>", "style": {"bold": True, "code": True}},
        {"type": "user", "user_id": "U2APPROVER"},
        {"type": "link", "url": "javascript:x", "text": "no link"},
        {"type": "emoji", "name": "x"},
        {"type": "date", "timestamp": 1392734382, "format": "{date_num}"},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": pieces}]}
    assert rich_text(block, NAMES) == (
        '<div class="rich"><strong><code>&lt;b&gt;</code></strong><span class="mention">@approver</span>'
        "no link❌2014-02-18</div>"
    )
