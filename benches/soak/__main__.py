"""The tables and plots of docs/soak.md, from the results of `make soak`."""

import json
import sys
import tempfile
from pathlib import Path

import pygal
from pygal.style import Style

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benches/sweep"))

import document  # noqa: E402
import machine  # noqa: E402
import plot  # noqa: E402

PAGE, PICTURE = ROOT / "docs/soak.md", ROOT / "docs/soak.svg"
RESULTS = ROOT / "target/soak"
BEGIN, END = "<!-- soak, by make soak -->\n", "<!-- end of soak -->\n"

MACHINE = """\
Measured on {date} at revision {revision}, built with Rust {rustc}, on {processors} × {processor} with {memory:.0f} GB of memory and
{system}. The load of the machine at the end was {load:.1f}; with more than its processors, response times are those of a busy machine.
"""

PICTURE_TEXT = "![Line chart of the resident memory of the exporter over the simulated week. It stays level.](soak.svg)\n"


def megabytes(value):
    return f"{value / 1e6:.1f}"


def growth(samples, names):
    """A row for each figure: its maximum in each part of the time."""
    parts = [samples[len(samples) * part // 7 : len(samples) * (part + 1) // 7] for part in range(7)]
    rows = []
    for name, title, show in names:
        rows.append([title, *(show(max(sample[name] for sample in part)) for part in parts)])
    return rows


FIGURES = [
    ("memory", "resident memory in MB", megabytes),
    ("files", "open files", str),
    ("threads", "threads", str),
    ("tasks", "tasks of the runtime", str),
    ("series", "series", lambda value: f"{value:,}"),
]


def week(run):
    header = ["maximum of the day", *(f"day {day}" for day in range(1, 8))]
    table = document.table(header, growth(run["samples"], FIGURES))
    text = (
        f"{run['scrapes']:,} scrapes of {run['endpoints']} endpoints and as many pods, one every {run['interval']} simulated seconds; after each of\n"
        f"them, {run['endpoints'] // 10} endpoints were replaced, {run['scrapes'] * (run['endpoints'] // 10):,} in all. "
        f"Collectors, endpoints or scrapes that failed: {run['failed']}.\n"
    )
    return f"### A simulated week\n\n{text}\n{PICTURE_TEXT}\n{table}"


def load(run):
    rows = []
    for name in ("scrapes", "webhooks"):
        figures = run[name]
        times = [document.number(figures[share] * 1000) for share in ("median", "p99", "p999", "max")]
        rows.append([name, f"{figures['count']:,}", figures["errors"], *times])
    table = document.table(["requests", "number", "errors", "median ms", "99% ms", "99.9% ms", "longest ms"], rows)
    parts = ["maximum of", *(f"{part}/7" for part in range(1, 8))]
    used = document.table(parts, growth(run["samples"], [figure for figure in FIGURES if figure[0] != "tasks"]))
    text = (
        f"{run['seconds']} seconds of 50 scrapers that scrape every second and of 1,000 webhooks a second, with {run['endpoints']} endpoints and as many\n"
        f"pods whose logs are followed. Of {run['webhooks']['count']:,} webhooks, {run['counted']:,} were counted.\n"
    )
    return f"### Minutes of load\n\n{text}\n{table}\nBy time:\n\n{used}"


def draw(run):
    style = Style(
        background="transparent",
        plot_background="transparent",
        colors=plot.COLORS[:1],
        opacity="1",
        stroke_width="2",
        font_family="sans-serif",
        title_font_size=18,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
    )
    hours = [sample["at"] for sample in run["samples"]]
    memory = [sample["memory"] / 1e6 for sample in run["samples"]]
    top = max(10, -(-int(max(memory) * 1.3) // 10) * 10)
    chart = pygal.XY(
        title="Resident memory over a simulated week, maximum of each hour",
        x_title="days",
        y_title="MB",
        range=(0, top),
        x_labels=list(range(8)),
        value_formatter=lambda value: f"{value:,.0f}",
        style=style,
        css=["file://style.css", "file://graph.css", plot.STYLE],
        js=[],
        show_legend=False,
        show_dots=False,
        no_prefix=True,
        height=380,
    )
    chart.add("memory", [(hour / 24, value) for hour, value in zip(hours, memory)])
    return chart.render(is_unicode=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        about = machine.describe(ROOT / "target/release/runpod-exporter", Path(folder))
    files = {name: RESULTS / f"{name}.json" for name in ("week", "load")}
    runs = {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}
    before, begin, rest = PAGE.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, f"{PAGE}: add the lines\n{BEGIN}{END}"
    about["memory"] /= 1e9
    sections = [section(runs[name]) for name, section in (("week", week), ("load", load)) if name in runs]
    PAGE.write_text(before + BEGIN + "\n".join(["", MACHINE.format(**about), *sections, ""]) + END + after)
    if "week" in runs:
        PICTURE.write_text(draw(runs["week"]))
    print(f"written: {PAGE}")


if __name__ == "__main__":
    sys.exit(main())
