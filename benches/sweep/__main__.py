"""The end-to-end sweep: scrapes of simulated accounts of several sizes, at several latencies and over both versions of HTTP.

The exporter, the simulated Runpod and the TLS server are separate processes. `make bench` writes the figures as JSON, and from them
the tables and the plot of docs/benchmarks.md. A run of a part writes them to target/bench, so that the page stays complete.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import document
import machine
import plot
from cell import measure
from peer import measure_peer
from processes import Upstream, allow_many_files

ROOT = Path(__file__).resolve().parents[2]
PROTOCOLS = ["HTTP/1.1", "HTTP/2, TLS"]


SIZES, DELAYS, REPEAT, SCRAPERS = [10, 100, 1000, 5000], [0, 100, 400], 9, 50
SHORT = {"sizes": [5, 20], "delays": [0, 10], "repeat": 1, "scrapers": 3}


def numbers(text):
    return [int(number) for number in text.split(",")]


def arguments():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n")[0])
    parser.add_argument("--exporter", type=Path, default=ROOT / "target/release/runpod-exporter", help="path of the binary")
    parser.add_argument("--sizes", type=numbers, default=SIZES, help="numbers of endpoints")
    parser.add_argument("--delays", type=numbers, default=DELAYS, help="latencies of Runpod in ms")
    parser.add_argument("--repeat", type=int, default=REPEAT, help="number of measurements of each figure")
    parser.add_argument("--scrapers", type=int, default=SCRAPERS, help="number of scrapers at once")
    parser.add_argument("--short", action="store_true", help="a small sweep that only shows that everything runs")
    parser.add_argument("--docs", action="store_true", help="write a part into docs/benchmarks.md, too")
    parser.add_argument("--write-only", action="store_true", help="write docs/benchmarks.md from the last results")
    options = parser.parse_args()
    if options.short:
        parser.set_defaults(**SHORT)
        options = parser.parse_args()
    return options


def is_whole(options):
    return (options.sizes, options.delays, options.repeat, options.scrapers) == (SIZES, DELAYS, REPEAT, SCRAPERS)


def files(options):
    """The results, the page and the plot to write."""
    if is_whole(options) or options.docs or options.write_only:
        return ROOT / "benches/sweep/results.json", ROOT / "docs/benchmarks.md", ROOT / "docs/benchmarks.svg"
    folder = ROOT / "target/bench"
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "benchmarks.md"
    page.write_text(document.EMPTY)
    return folder / "results.json", page, folder / "benchmarks.svg"


def sweep(options, folder):
    run = machine.describe(options.exporter, folder)
    run |= {"repeat": options.repeat, "scrapers": options.scrapers, "cells": [], "naive": []}
    started = time.monotonic()
    for endpoints in options.sizes:
        for delay in options.delays:
            with Upstream(options.exporter, endpoints, delay, folder) as upstream:
                key = {"endpoints": endpoints, "delay": delay}
                upstream.serve_tls()
                for protocol in PROTOCOLS:
                    print(f"{time.monotonic() - started:4.0f} s: {endpoints} endpoints, {delay} ms, {protocol}", flush=True)
                    cell = measure(upstream, options.exporter, endpoints, protocol, options)
                    run["cells"].append(key | {"protocol": protocol} | cell)
                run["naive"].append(key | measure_peer(upstream, endpoints, delay, options.repeat))
    run["seconds"] = round(time.monotonic() - started)
    return run


def check(run):
    """Fails if a cell lacks a figure."""
    for cell in run["cells"] + run["naive"]:
        for name, value in cell.items():
            figures = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
            may_be_zero = name == "delay" or name.endswith("_endpoints")
            assert figures and all(figure or may_be_zero for figure in figures), f"{name} is missing in {cell}"


def check_committed():
    """Fails if the committed page and plot are not those of the committed results."""
    run = json.loads((ROOT / "benches/sweep/results.json").read_text())
    fix = "do not match benches/sweep/results.json; run: make bench-docs"
    assert document.part(run) == document.current(ROOT / "docs/benchmarks.md"), f"the tables in docs/benchmarks.md {fix}"
    assert plot.draw(run) == (ROOT / "docs/benchmarks.svg").read_text(), f"docs/benchmarks.svg {fix}"


def main():
    options = arguments()
    results, page, picture = files(options)
    if not options.write_only:
        allow_many_files()
        with tempfile.TemporaryDirectory() as folder:
            run = sweep(options, Path(folder))
        check(run)
        results.write_text(json.dumps(run, indent=1) + "\n")
    run = json.loads(results.read_text())
    picture.write_text(plot.draw(run))
    document.write(page, run)
    print(f"written: {results}, {page}, {picture}")
    if options.short:
        check_committed()


if __name__ == "__main__":
    sys.exit(main())
