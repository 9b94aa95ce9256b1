"""The HTML of a gallery page: one file that asks for no other."""

from __future__ import annotations

import base64
import hashlib
import html
import string

from tools.gallery_page import charts, style
from tools.gallery_page.content import Content, size_of

GENERATOR = "tfgan_ref gallery"
# Titles of the charts, and the metrics in each by their names in the legend.
_CHARTS = {
    "Cost of both players": {
        "generator": "loss/generator",
        "discriminator": "loss/discriminator",
    },
    "Share that the discriminator judges rightly": {
        "real": "accuracy/real",
        "fake": "accuracy/fake",
    },
    "The critic's estimate of the distance": {"estimate": "critic/estimate"},
    "Norm of the critic's gradient": {"norm": "critic/gradient_norm"},
    "Modes captured": {"modes": "eval/modes_captured"},
    "Share of samples of high quality": {"share": "eval/high_quality"},
    "Errors on the test set": {
        "raw weights": "eval/errors/raw",
        "averaged weights": "eval/errors/averaged",
    },
}
_PAGE = string.Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="$generator">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
img-src data:; style-src $style_hash; script-src $script_hash">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header><h1>$title</h1><p>$summary</p></header>
<main>
$sections
</main>
<script>$script</script>
</body>
</html>
""")


def render(content: Content) -> str:
    """Returns the page."""
    sections = [
        _samples(content),
        _curves(content),
        _interpolations(content),
        _metrics(content),
        _command(content),
        _settings(content),
    ]
    return _PAGE.substitute(
        generator=GENERATOR,
        style_hash=_hash(style.CSS),
        script_hash=_hash(style.SCRIPT),
        title=html.escape(content.name),
        summary=html.escape(_summary(content)),
        style=style.CSS,
        script=style.SCRIPT,
        sections="\n".join(section for section in sections if section),
    )


def _hash(text):
    """What the page's policy lets in, and nothing else."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _summary(content):
    settings = content.config["settings"]
    parts = [f"Data: {settings['dataset']}"] if "dataset" in settings else []
    if content.records:
        last = content.records[-1]
        parts.append(f"{last['step']:,} steps")
        parts.append(f"{last['seconds']:,.0f} s of training")
    return " · ".join(parts)


def _section(title, body):
    name = title.lower().replace(" ", "-")
    heading = f'<h2 id="{name}">{html.escape(title)}</h2>'
    return f'<section aria-labelledby="{name}">{heading}{body}</section>'


def _samples(content):
    if not content.grids:
        return ""
    pictures = "".join(
        _picture(png, f"Samples at step {step}", f'data-step="{step}"')
        for step, png in content.grids.items()
    )
    last = len(content.grids) - 1
    slider = (
        f'<label for="slider">Step <output id="step">'
        f"{max(content.grids)}</output></label>"
        f'<input id="slider" type="range" min="0" max="{last}" '
        f'value="{last}" step="1">'
    )
    text = "<p>The same latents at every step, in inference mode.</p>"
    return _section(
        "Samples over time",
        f'{text}<div class="slider">{slider}</div>'
        f'<div id="grids">{pictures}</div>',
    )


def _picture(png, text, more=""):
    width, height = size_of(png)
    source = base64.b64encode(png).decode()
    return (
        f'<img src="data:image/png;base64,{source}" width="{width}" '
        f'height="{height}" alt="{html.escape(text)}" {more}>'
    )


def _curves(content):
    figures = []
    for title, metrics in _CHARTS.items():
        lines = {
            name: [
                (record["step"], float(record[key]))
                for record in content.records
                if isinstance(record.get(key), (int, float))
            ]
            for name, key in metrics.items()
        }
        if chart := charts.draw(lines, f"{title}, over the steps"):
            legend = "".join(
                f'<span class="key{number}">{html.escape(name)}</span>'
                for number, name in enumerate(lines)
            )
            caption = f"<figcaption>{title}<br>{legend}</figcaption>"
            figures.append(f"<figure>{caption}{chart}</figure>")
    if not figures:
        return ""
    return _section("Training", f'<div class="charts">{"".join(figures)}</div>')


def _interpolations(content):
    figures = "".join(
        f"<figure><figcaption>{kind.capitalize()}</figcaption>"
        f"{_picture(png, f'{kind} interpolation between samples')}</figure>"
        for kind, png in content.ways.items()
    )
    texts = [content.note] if content.note else []
    if content.classes:
        names = ", ".join(content.classes)
        texts.append(f"From top to bottom, within a class: {names}.")
    notes = "".join(f"<p>{html.escape(text)}</p>" for text in texts)
    return _section("Between samples", figures + notes)


def _metrics(content):
    if not content.records:
        return ""
    rows = {
        key: f"{value:,.6g}" if isinstance(value, (int, float)) else value
        for key, value in content.records[-1].items()
    }
    return _section("Last metrics", _table(rows))


def _command(content):
    starts = "".join(
        f"<p>From step {html.escape(str(start.get('step', '?')))}:</p>"
        f"<pre><code>{html.escape(str(start.get('command', '?')))}</code></pre>"
        + _table(
            {
                "revision": start.get("revision", "?"),
                **_flat(start.get("versions")),
                **_flat(start.get("hardware")),
            }
        )
        for start in content.config["starts"]
    )
    return _section("How it was made", starts)


def _flat(values):
    return values if isinstance(values, dict) else {}


def _settings(content):
    table = _table(content.config["settings"])
    return _section(
        "Settings",
        f"<details><summary>All flags</summary>{table}</details>",
    )


def _table(rows):
    cells = "".join(
        f'<tr><th scope="row">{html.escape(str(name))}</th>'
        f"<td>{html.escape(str(value))}</td></tr>"
        for name, value in rows.items()
    )
    return f"<table>{cells}</table>"
