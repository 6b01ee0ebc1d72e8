"""The targets of the exporter's performance, compared with a run."""

from statistics import median

import markdown


def table(run):
    """What was measured for each target. A target without a cell in the run is not in the table."""
    rows = [compare(*row) for row in rows_of(run) if row[1] is not None]
    return markdown.table(["what", "measured", "target", "met", "stretch", "met"], rows)


def compare(what, measured, target, stretch):
    met = ["yes" if measured <= limit else "no" for limit in (target, stretch)]
    return [what, markdown.number(measured), target, met[0], stretch, met[1]]


def rows_of(run):
    cells = {(cell["endpoints"], cell["delay"]): cell for cell in run["cells"] if cell["protocol"] == "HTTP/1.1"}

    def at(endpoints, value):
        cell = cells.get((endpoints, 100))
        return value(cell) if cell else None

    scrapers = run["scrapers"]
    for endpoints, target, stretch in [(10, 1.05, 1.03), (100, 1.1, 1.06), (1000, 1.45, 1.25), (5000, 3.2, 2.2)]:
        yield f"warm scrape / latency, {endpoints:,} endpoints", at(endpoints, lambda cell: median(cell["warm"]) / 0.1), target, stretch
    for endpoints, target, stretch in [(1000, 50, 35), (5000, 260, 180)]:
        yield f"CPU of a scrape in ms, {endpoints:,} endpoints", at(endpoints, lambda cell: median(cell["cpu"]) * 1000), target, stretch
    yield "first scrape after start / latency, 100 endpoints", at(100, lambda cell: median(cell["after_start"]) / 0.1), 1.5, 1.1
    for endpoints in (10, 100, 1000, 5000):
        p99 = at(endpoints, lambda cell: cell["crowd_p99"] / median(cell["warm"]))
        yield f"p99 of {scrapers} scrapers / one, {endpoints:,} endpoints", p99, 1.1, 1.1
        cpu = at(endpoints, lambda cell: median(cell["crowd_cpu"]) / median(cell["cpu"]))
        yield f"CPU of {scrapers} scrapers / one, {endpoints:,} endpoints", cpu, 1.2, 1.2
        requests = at(endpoints, lambda cell: cell["crowd_requests"] / cell["requests"])
        yield f"requests of {scrapers} scrapers / one, {endpoints:,} endpoints", requests, 1, 1
    yield "memory in MB, ready with 10 endpoints", at(10, lambda cell: cell["memory_ready"] / 1e6), 12, 8
    yield "memory in MB, after scrapes of 5,000 endpoints", at(5000, lambda cell: cell["memory"] / 1e6), 140, 64
    listening = [value for cell in run["cells"] for value in cell["listening"]]
    yield "exec to listening in ms", median(listening) * 1000, 20, 10
    yield "stripped binary in MB", run["binary"] / 1e6, 16, 12
