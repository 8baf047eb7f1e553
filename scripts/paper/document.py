"""A report of headings, paragraphs, tables and figures, written as one HTML file with its pictures inside and as Markdown."""

import base64
import html
import io
import os
import re
from dataclasses import dataclass

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:1120px;margin:2em auto;padding:0 1em;color:#1b1f24}
h1{font-size:1.7em}h2{margin-top:2.2em;border-bottom:1px solid #d0d7de}h3{margin-top:1.6em}
table{border-collapse:collapse;font-size:13px;margin:1em 0;display:block;overflow-x:auto}
th,td{border:1px solid #d0d7de;padding:3px 8px;text-align:left;vertical-align:top}th{background:#f3f5f7;position:sticky;top:0}
td.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.good{background:#dcf3e1}.bad{background:#fbdcd9}.warn{background:#fdf1cf}.faint{color:#6a737d}
figure{margin:1.2em 0}figure img{max-width:100%}figcaption{font-size:13px;color:#424a53;max-width:62em}
code{background:#f3f5f7;padding:0 3px;font-size:92%}pre{background:#f3f5f7;padding:8px;overflow-x:auto}
nav{font-size:13px}
"""


@dataclass
class Cell:
    """Text of a table with a look: a class of the style, or a background colour "#rrggbb"."""
    text: str
    look: str = ""
    number: bool = False


def cell(content):
    return content if isinstance(content, Cell) else Cell(str(content))


def heat(value, largest, text):
    """A cell between white (0) and red or blue (+-largest)."""
    share = max(-1.0, min(1.0, value / largest)) if largest else 0.0
    low = round(255 - 135 * abs(share))
    colour = f"#ff{low:02x}{low:02x}" if share > 0 else f"#{low:02x}{low:02x}ff"
    return Cell(text, colour, True)


def inline_html(text):
    """`code`, **bold** and links to other pages of Markdown, the rest escaped."""
    safe = html.escape(text, quote=False)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    safe = re.sub(r"\[([^]]+)\]\(([^)]+)\.md\)", r'<a href="\2.html">\1</a>', safe)  # a page beside this one
    return re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", safe)


class Document:
    """Parts in order; each knows how to be written both ways."""

    def __init__(self, title):
        self.title = title
        self.parts = []
        self.pictures = {}

    def heading(self, text, level=2):
        self.parts.append(("heading", level, text))

    def paragraph(self, text):
        self.parts.append(("paragraph", text))

    def bullets(self, items):
        self.parts.append(("bullets", list(items)))

    def code(self, text):
        self.parts.append(("code", text))

    def table(self, header, rows):
        self.parts.append(("table", list(header), [[cell(content) for content in row] for row in rows]))

    def figure(self, name, figure, caption, alternative=""):
        """Take a matplotlib figure; it may be closed afterwards."""
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=130)
        self.pictures[name] = buffer.getvalue()
        self.parts.append(("figure", name, caption, alternative or name))

    def write(self, folder, stem="report"):
        """STEM.html, STEM.md and the pictures beside the latter; returns the path of the first."""
        os.makedirs(os.path.join(folder, "pictures"), exist_ok=True)
        for name, data in self.pictures.items():
            with open(os.path.join(folder, "pictures", f"{name}.png"), "wb") as file:
                file.write(data)
        for name, text in ((f"{stem}.html", self.as_html()), (f"{stem}.md", self.as_markdown())):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        return os.path.join(folder, f"{stem}.html")

    # HTML

    def as_html(self):
        body = "\n".join(getattr(self, f"_html_{part[0]}")(*part[1:]) for part in self.parts)
        links = " · ".join(f'<a href="#{anchor(part[2])}">{inline_html(part[2])}</a>'
                           for part in self.parts if part[0] == "heading" and part[1] == 2)
        return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(self.title)}</title>'
                f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>\n'
                f"<h1>{inline_html(self.title)}</h1>\n<nav>{links}</nav>\n{body}\n</body></html>\n")

    def _html_heading(self, level, text):
        return f'<h{level} id="{anchor(text)}">{inline_html(text)}</h{level}>'

    def _html_paragraph(self, text):
        return f"<p>{inline_html(text)}</p>"

    def _html_bullets(self, items):
        return "<ul>" + "".join(f"<li>{inline_html(item)}</li>" for item in items) + "</ul>"

    def _html_code(self, text):
        return f"<pre>{html.escape(text)}</pre>"

    def _html_table(self, header, rows):
        lines = ["<table><thead><tr>" + "".join(f"<th>{inline_html(word)}</th>" for word in header) + "</tr></thead><tbody>"]
        lines += ["<tr>" + "".join(_html_cell(content) for content in row) + "</tr>" for row in rows]
        return "\n".join(lines) + "</tbody></table>"

    def _html_figure(self, name, caption, alternative):
        data = base64.b64encode(self.pictures[name]).decode("ascii")
        return (f'<figure><img alt="{html.escape(alternative)}" src="data:image/png;base64,{data}">'
                f"<figcaption>{inline_html(caption)}</figcaption></figure>")

    # Markdown

    def as_markdown(self):
        body = "\n\n".join(getattr(self, f"_markdown_{part[0]}")(*part[1:]) for part in self.parts)
        return f"# {self.title}\n\n{body}\n"

    def _markdown_heading(self, level, text):
        return f"{'#' * level} {text}"

    def _markdown_paragraph(self, text):
        return text

    def _markdown_bullets(self, items):
        return "\n".join(f"- {item}" for item in items)

    def _markdown_code(self, text):
        return f"```\n{text}\n```"

    def _markdown_table(self, header, rows):
        def line(words):
            return "| " + " | ".join(word.replace("|", "\\|").replace("\n", " ") for word in words) + " |"
        return "\n".join([line(header), "|" + "---|" * len(header)] + [line([content.text for content in row]) for row in rows])

    def _markdown_figure(self, name, caption, alternative):
        return f"![{alternative}](pictures/{name}.png)\n\n{caption}"


def anchor(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _html_cell(content):
    classes = ["number"] if content.number else []
    style = ""
    if content.look.startswith("#"):
        style = f' style="background:{content.look}"'
    elif content.look:
        classes.append(content.look)
    words = f' class="{" ".join(classes)}"' if classes else ""
    return f"<td{words}{style}>{inline_html(content.text)}</td>"
