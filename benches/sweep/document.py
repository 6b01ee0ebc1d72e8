"""The tables of docs/benchmarks.md, all from one run."""

from statistics import median

import targets
from markdown import number, ratio, spread, table

BEGIN, END = "<!-- sweep, by make bench -->\n", "<!-- end of sweep -->\n"
EMPTY = "# Benchmarks\n\n" + BEGIN + END

MACHINE = """\
Measured on {date} at revision {revision}, built with Rust {rustc}, on {processors} × {processor} with {memory:.0f} GB of memory and
{system}, which the exporter and the simulated Runpod shared. The load of the machine at the start was {load:.1f}. Figures
are medians of {repeat}, with the range in parentheses.
"""

PLOT = """\
![Line chart of the duration of a warm scrape by the number of endpoints. The same figures are in the table
below.](benchmarks.svg)
"""


def write(page, run):
    """Replaces the part of the page between the markers."""
    before, _, after = split(page)
    page.write_text(before + BEGIN + part(run) + END + after)


def current(page):
    """The part of the page between the markers."""
    return split(page)[1]


def split(page):
    before, begin, rest = page.read_text().partition(BEGIN)
    middle, end, after = rest.partition(END)
    assert begin and end, f"{page}: add the lines\n{BEGIN}{END}"
    return before, middle, after


def part(run):
    machine = MACHINE.format(**run | {"memory": run["memory"] / 1e9})
    sections = [machine, PLOT, durations(run), costs(run), facts(run), "#### Targets\n", targets.table(run)]
    return "\n" + "\n".join(sections) + "\n"


def durations(run):
    """Every cell: how long scrapes take."""
    peers = {(peer["endpoints"], peer["delay"]): peer for peer in run["naive"]}
    header = ["protocol", "endpoints", "latency", "after start", "after ready", "warm", "warm / latency"]
    header += [f"{run['scrapers']} scrapers, p99", "p99 / warm", "naive peer"]
    rows = []
    for cell in sorted(run["cells"], key=lambda cell: (cell["protocol"], cell["endpoints"], cell["delay"])):
        warm, seconds = median(cell["warm"]), cell["delay"] / 1000
        peer = peers[cell["endpoints"], cell["delay"]] if cell["protocol"] == "HTTP/1.1" else {}
        first = [first_scrape(cell, "after_start"), first_scrape(cell, "after_ready"), spread(cell["warm"]), ratio(warm, seconds)]
        many = [number(cell["crowd_p99"] * 1000), ratio(cell["crowd_p99"], warm), naive(peer)]
        rows.append([cell["protocol"], f"{cell['endpoints']:,}", cell["delay"], *first, *many])
    return table(header, rows)


def first_scrape(cell, name):
    """With the number of endpoints if some are missing: the exporter's own first scrape ends after 5 s."""
    fewest = min(cell[f"{name}_endpoints"])
    missing = f", {fewest:,} endpoints" if fewest < cell["endpoints"] else ""
    return spread(cell[name]) + missing


def naive(peer):
    if "not_run" in peer:
        return f"not run: about {peer['not_run'] * 1000:,.0f}"
    return spread(peer["warm"]) if "warm" in peer else ""


def usual_delay(run):
    """The latency of the costs and of most targets."""
    delays = {cell["delay"] for cell in run["cells"]}
    return 100 if 100 in delays else max(delays)


def costs(run):
    """The cells of one latency: what scrapes cost."""
    delay, scrapers = usual_delay(run), run["scrapers"]
    header = ["protocol", "endpoints", "CPU", f"CPU of {scrapers}", "CPU of Runpod", "requests", f"requests of {scrapers}"]
    header += ["memory, ready", "after", "peak", f"peak of {scrapers}", "series", "text", "gzip", "zstd"]
    rows = []
    for cell in sorted(run["cells"], key=lambda cell: (cell["protocol"], cell["endpoints"])):
        if cell["delay"] != delay:
            continue
        cpu = [spread(cell["cpu"]), number(median(cell["crowd_cpu"]) * 1000), number(median(cell["upstream_cpu"]) * 1000)]
        requests = [f"{cell['requests']:,.0f}", f"{cell['crowd_requests']:,.0f}"]
        memory = [number(cell[name] / 1e6) for name in ("memory_ready", "memory", "memory_peak", "crowd_memory_peak")]
        sizes = [number(cell["bytes"][name] / 1e3) for name in ("text", "gzip", "zstd")]
        rows.append([cell["protocol"], f"{cell['endpoints']:,}", *cpu, *requests, *memory, f"{cell['series']:,}", *sizes])
    return f"At a latency of {delay} ms:\n\n{table(header, rows)}"


def facts(run):
    listening = [value for cell in run["cells"] for value in cell["listening"]]
    return (
        f"From `exec` to the first accepted connection: {spread(listening)} ms. "
        f"The stripped binary has {run['binary'] / 1e6:.1f} MB.\n"
    )
