"""The few pages that are not reports, and the headers of all pages."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from html import escape

from bot.web.signing import LinkFault

HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",  # an address carries its own permission
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What every answer carries; a page adds its own styles to the policy."""

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SAID = {
    LinkFault.EXPIRED: "This address has expired",
    LinkFault.WRONG: "This address gives no access",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 34rem; padding: 0 1.25rem; }}
h1 {{ font-size: 1.4rem; }}
.button {{ background: #1d3557; border-radius: .4rem; color: #fff; padding: .6rem 1rem; text-decoration: none; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page, and the Content-Security-Policy that it goes out with."""

    html: str
    policy: str


def said(title: str, body: str) -> Page:
    """A page with this title, which is text, and this body, which is HTML."""
    html = _page(title, body)
    return Page(html, policy_of(html))


def policy_of(page: str) -> str:
    """A Content-Security-Policy that lets the styles of this page through, and nothing else."""
    # Text of others is escaped in a page, so whatever is a style element there is the page's own.
    hashes = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in _STYLE.findall(page)]
    styles = " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
    return f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def no_access(fault: LinkFault, recovery: str, command: str) -> str:
    """Why an address gives no access, and how to get one that does."""
    asked = f"{command} status {recovery}"
    body = (
        f"<p>Ask for a new one in Slack: <code>{escape(asked)}</code> shows it. "
        f"In a terminal: <code>{escape(f'bringback review {recovery}')}</code>.</p>"
    )
    return _page(_SAID[fault], body)


def not_kept(recovery: str) -> str:
    """There is no review of this recovery yet."""
    return _page(f"There is no review of {recovery} yet", "<p>It is written when the recovery ends.</p>")


def not_found() -> str:
    """There is nothing at this address."""
    return _page(
        "There is nothing here", "<p>Reviews are reached by the addresses that Slack and the terminal show.</p>"
    )


def _page(title: str, body: str) -> str:
    return _PAGE.format(title=escape(title), body=body)
