"""The measurement of one cell of the sweep: a number of endpoints, a latency of Runpod and a protocol."""

import time

from client import Client, Crowd, endpoints_in, text
from processes import exporter, until


def measure(upstream, binary, endpoints, protocol, options):
    """All figures of a cell. Durations in seconds, sizes in bytes, one value for each repetition."""
    cell = {"listening": [], "after_start": [], "after_ready": [], "after_start_endpoints": [], "after_ready_endpoints": []}
    for _ in range(options.repeat):
        with exporter(binary, upstream, protocol) as process:
            cell["listening"].append(process.listening_after)
            first_scrape(process, "after_start", cell)
    for _ in range(options.repeat - 1):
        with exporter(binary, upstream, protocol) as process:
            wait_for_ready(process)
            first_scrape(process, "after_ready", cell)
    with exporter(binary, upstream, protocol) as process:
        wait_for_ready(process)
        cell["memory_ready"] = process.memory()[0]
        first_scrape(process, "after_ready", cell)
        cell |= warm(process, upstream, endpoints, options.repeat)
        cell |= crowd(process, upstream, options)
    return cell


def first_scrape(process, name, cell):
    """The duration of a scrape, and the number of endpoints in it: the first one ends after 5 s with what there is."""
    client = Client(process.port)
    took, body = client.scrape()
    client.close()
    cell[name].append(took)
    cell[f"{name}_endpoints"].append(endpoints_in(body))


def wait_for_ready(process):
    """Until the exporter is ready, and has ended its own first scrape: one that is requested before would share it."""
    client = Client(process.port)
    until(lambda: client.request("GET", "/-/ready")[0] == 200, "the exporter is not ready")
    client.close()
    until(lambda: is_idle(process), "the exporter is not idle")


def is_idle(process):
    before = process.cpu()
    time.sleep(0.05)
    return process.cpu() - before < 0.001


def warm(process, upstream, endpoints, repeat):
    client = Client(process.port)
    client.scrape()
    upstream.requests()
    durations, cpu, upstream_cpu = [], [], []
    for _ in range(repeat):
        before, upstream_before = process.cpu(), upstream.cpu()
        took, body = client.scrape()
        durations.append(took)
        cpu.append(process.cpu() - before)
        upstream_cpu.append(upstream.cpu() - upstream_before)
    requests = upstream.requests() / repeat
    memory, peak = process.memory()
    assert endpoints_in(body) == endpoints, f"a warm scrape of {endpoints} endpoints has {endpoints_in(body)}"
    page = text(body)
    _, zstd = client.scrape("zstd")
    client.close()
    return {
        "warm": durations,
        "cpu": cpu,
        "upstream_cpu": upstream_cpu,
        "requests": requests,
        "memory": memory,
        "memory_peak": peak,
        "series": sum(not line.startswith("#") for line in page.splitlines()),
        "bytes": {"text": len(page.encode()), "gzip": len(body), "zstd": len(zstd)},
    }


def crowd(process, upstream, options):
    scrapers = Crowd(process.port, options.scrapers)
    process.forget_peak()
    upstream.requests()
    slowest, all_durations, cpu = [], [], []
    for _ in range(options.repeat):
        before = process.cpu()
        durations = scrapers.scrape()
        cpu.append(process.cpu() - before)
        slowest.append(max(durations))
        all_durations += durations
    requests = upstream.requests() / options.repeat
    scrapers.close()
    return {
        "crowd_slowest": slowest,
        "crowd_p99": sorted(all_durations)[int(len(all_durations) * 0.99)],
        "crowd_cpu": cpu,
        "crowd_requests": requests,
        "crowd_memory_peak": process.memory()[1],
    }
