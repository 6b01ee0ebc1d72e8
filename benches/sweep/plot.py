"""The plot of a run: the duration of a warm scrape by the number of endpoints."""

from statistics import median
from xml.etree import ElementTree

import pygal
from pygal.style import Style

# Readable on white and on black.
COLORS = ("#0e9a79", "#2f7de1", "#d0660f")
STYLE = """inline:
  .title, .axis text, .legends text { fill: #1f2328 !important; }
  .axis .line { stroke: #1f2328 !important; }
  .axis .guides { stroke: #808080 !important; stroke-opacity: 0.3; stroke-dasharray: none !important; }
  .legends rect { fill-opacity: 1 !important; }
  @media (prefers-color-scheme: dark) {
    .title, .axis text, .legends text { fill: #e6edf3 !important; }
    .axis .line { stroke: #e6edf3 !important; }
  }
"""
SCALE = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000]


def draw(run):
    """The plot as SVG."""
    sizes = sorted({cell["endpoints"] for cell in run["cells"]})
    delays = sorted({cell["delay"] for cell in run["cells"]})
    style = Style(
        background="transparent",
        plot_background="transparent",
        colors=COLORS[: len(delays)] * 2,
        opacity="1",
        stroke_width="2.5",
        font_family="sans-serif",
        title_font_size=18,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
    )
    exporter = [points(run["cells"], sizes, delay, "HTTP/1.1") for delay in delays]
    naive = [points(run["naive"], sizes, delay) for delay in delays]
    highest = max(value for line in exporter + naive for value in line if value)
    chart = pygal.Line(
        title="Duration of a warm scrape, by Runpod's latency",
        x_title="endpoints",
        y_title="milliseconds, logarithmic",
        x_labels=[f"{size:,}" for size in sizes],
        y_labels=[step for step in SCALE if step / 3 < highest],
        value_formatter=lambda value: f"{value:,.0f}",
        logarithmic=True,
        style=style,
        css=["file://style.css", "file://graph.css", STYLE],
        js=[],
        legend_at_bottom=True,
        truncate_legend=-1,
        legend_at_bottom_columns=len(delays),
        no_prefix=True,
        height=480,
    )
    for delay, line in zip(delays, exporter):
        chart.add(f"exporter, {delay} ms", line)
    for delay, line in zip(delays, naive):
        chart.add(f"naive peer (dashed), {delay} ms", line, stroke_style={"dasharray": "7, 6"})
    chart.add_xml_filter(without_comments)
    return chart.render(is_unicode=True)


def without_comments(root):
    """The plot without comments: one has the day on which it was drawn, so the same results would be another file tomorrow."""
    for comment in [child for child in root if child.tag is ElementTree.Comment]:
        root.remove(comment)
    return root


def points(cells, sizes, delay, protocol=None):
    """The median in ms for each size; `None` where there is none."""
    found = {cell["endpoints"]: cell for cell in cells if cell["delay"] == delay and cell.get("protocol") == protocol}
    return [median(found[size]["warm"]) * 1000 if "warm" in found.get(size, {}) else None for size in sizes]
