"""An evaluation as one page that needs nothing beside it."""

import base64
from collections.abc import Sequence
from html import escape

from streams.evaluation import words
from streams.evaluation.figures import Evaluation
from streams.evaluation.pictures import DARK, LIGHT, PICTURES, drawn

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --writing: #1f2328; --faint: #d0d7de; --soft: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16191d; --writing: #e6e8ea; --faint: #3a4149; --soft: #9aa4ad; } }
body { background: var(--paper); color: var(--writing); font: 15px/1.5 system-ui, sans-serif;
  margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
p { color: var(--soft); margin-top: .3rem; max-width: 48rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--faint); padding: .25rem 1.2rem .25rem 0; text-align: left;
  vertical-align: top; }
.pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr));
  margin-top: 2rem; }
.pictures img { border: 1px solid var(--faint); border-radius: 6px; height: auto; width: 100%; }
.failed { color: #c2410c; font-weight: 600; } .wide { overflow-x: auto; }
@media (prefers-color-scheme: dark) { .failed { color: #ffa657; } }
"""
METHOD = (
    "Accuracy, F1 and calibration are taken on the split's own file; messages of an oos_ file beside it count "
    "under out of scope alone. Routed means what the worker's own decision routes at the threshold, were every "
    "label in its catalog. Times are one thread's, each text scored for the first time; messages a second are of "
    "the core's own time. Intervals are of 95 %: Wilson's for one share, 2,000 paired resamples of the messages "
    "for a difference. Cost is "
)


def page(found: Evaluation) -> str:
    """The whole page."""
    title = f"{found.bundle} on {found.data}"
    parts = [
        f"<h1>{escape(found.bundle)}</h1><p>{escape(found.data)} · {escape(found.machine)}</p>",
        _table((), words.summary(found)),
        _compared(found),
        _pictures(found),
        "<h2>Most often confused</h2>",
        _table(("intent", "taken for", "messages", "share", "example"), words.confusions(found)),
        "<h2>Intents, the worst first</h2>",
        _table(("intent", "precision", "recall", "F1", "messages"), words.intents(found)),
        f"<h2>How this was measured</h2><p>{METHOD}{escape(found.cost.formula)}.</p>",
        f"<p>bundle sha256 {found.bundle_sha256}<br>data sha256 {found.data_sha256}</p>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _compared(found: Evaluation) -> str:
    """The other bundle, where there is one, with what the gate says."""
    if found.comparison is None:
        return ""
    header = ("", "candidate", "other", "difference")
    notes = "".join(f"<p>{escape(note)}</p>" for note in words.notes(found.comparison))
    failed = "".join(f'<p class="failed">gate: {escape(each)}</p>' for each in found.gate or ())
    table = _table(header, words.differences(found.comparison))
    return f"<h2>Against {escape(found.comparison.other)}</h2>{failed}{table}{notes}"


def _pictures(found: Evaluation) -> str:
    """Every picture in both inks; the reader's colour scheme picks one."""
    light, dark = drawn(found, LIGHT), drawn(found, DARK)
    shown = [
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{_inline(dark[name])}">'
        f'<img alt="{name}" src="{_inline(light[name])}"></picture>'
        for name in PICTURES
    ]
    return f'<div class="pictures">{"".join(shown)}</div>'


def _inline(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table>{f"<tr>{head}</tr>" if head else ""}{body}</table></div>'
