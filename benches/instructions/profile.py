"""Where the instructions of a scrape of 5,000 endpoints are spent, by subject: `make bench-profile` writes it into docs/benchmarks.md."""

import collections
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import callgrind

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/benchmarks.md"
BEGIN, END = "<!-- profile, by make bench-profile -->\n", "<!-- end of profile -->\n"

ENDPOINTS = 5_000

# Subjects, and the functions of each; a function belongs to the first subject that matches it.
SUBJECTS = [
    ("allocation", r"^(_int_)?(malloc|free|realloc|calloc|memalign)|^(malloc_consolidate|unlink_chunk|sysmalloc|systrim|tcache|arena|mi_)|^__rust|__rdl_|__libc_malloc|^alloc_"),
    ("copies and comparisons of memory", r"mem(cpy|move|set|cmp|chr)|bcmp"),
    ("compression of the response", r"zlib_rs|flate2|zstd|ZSTD_|crc32"),
    ("exposition", r"runpod_exporter::(exposition|metrics|catalog)|zmij|itoa|ryu"),
    ("diagnosis", r"runpod_exporter::diagnosis"),
    ("conversion to the snapshot", r"runpod_exporter::(snapshot|gather)|jiff"),
    ("reading JSON", r"serde|lenient_json|runpod::wire|core::num::(dec2flt|imp)|core::str::.*utf8|run_utf8_validation"),
    ("HTTP", r"hyper|^<?http|http::|httparse|reqwest|tower|\bh2\b|url::|idna|percent_encoding"),
    ("hashing", r"siphash|SipHash|sip::|hashbrown|foldhash|BuildHasher|hash::"),
    ("tasks, timers and sockets", r"tokio|mio::|futures|parking_lot|pthread|epoll|std::sync|core::sync|\b(writev?|read|recv|send|connect|socket)\b"),
    ("formatting", r"core::fmt|alloc::fmt|fmt::Write|flt2dec|bignum|pad_integral"),
    ("client of Runpod", r"runpod::"),
    ("the rest of the exporter", r"runpod_exporter|instructions::"),
]
OTHER = "everything else"


def subject(function):
    return next((name for name, pattern in SUBJECTS if re.search(pattern, function)), OTHER)


def rows(functions):
    """Each subject with its instructions and its most expensive functions, the largest first."""
    groups = collections.defaultdict(dict)
    for function, count in functions.items():
        groups[subject(function)][function] = count
    totals = {name: sum(group.values()) for name, group in groups.items()}
    return sorted(((totals[name], name, groups[name]) for name in groups), key=lambda row: -row[0])


def table(functions):
    total = sum(functions.values())
    lines = ["| subject | million instructions | share |", "|---|---:|---:|"]
    lines += [f"| {name} | {count / 1e6:,.1f} | {count / total:.1%} |" for count, name, _ in rows(functions)]
    lines += [f"| all | {total / 1e6:,.1f} | 100.0% |"]
    return "\n".join(lines) + "\n"


def detail(functions):
    """The most expensive functions of each subject, for the terminal."""
    total = sum(functions.values())
    for count, name, group in rows(functions):
        print(f"\n{count / total:6.1%} {name}")
        for function, own in sorted(group.items(), key=lambda item: -item[1])[:12]:
            print(f"  {own / total:6.2%} {function[:150]}")


def main():
    program = callgrind.build()
    with tempfile.TemporaryDirectory() as folder:
        functions = callgrind.of_one_scrape(program, ENDPOINTS, Path(folder))
    detail(functions)
    revision = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude=*"], check=True, capture_output=True, text=True).stdout.strip()
    head, found, rest = PAGE.read_text().partition(BEGIN)
    _, ended, tail = rest.partition(END)
    assert found and ended, f"{PAGE}: add the lines\n{BEGIN}{END}"
    PAGE.write_text(f"{head}{BEGIN}\nAt revision {revision}:\n\n{table(functions)}\n{END}{tail}")


if __name__ == "__main__":
    sys.exit(main())
