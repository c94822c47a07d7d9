"""Values to markdown and HTML, through jinja2."""
