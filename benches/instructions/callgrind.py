"""Runs the scrapes of `benches/instructions` in callgrind, and reads what it wrote."""

import collections
import contextlib
import json
import re
import subprocess

# The number of scrapes, and the first one that counts: those before detect the fields of the API and open connections.
SCRAPES, FIRST = 7, 3

COST = re.compile(r"[+\-*\d]\S* (\d+)$")
NAME = re.compile(r"(c?fn)=\((\d+)\)(?: (.*))?$")


def build():
    """The path of the program, compiled as a release is."""
    command = ["cargo", "build", "--release", "--locked", "--example", "instructions", "--message-format=json-render-diagnostics"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    [program] = [message["executable"] for message in messages if message.get("executable")]
    return program


@contextlib.contextmanager
def upstream(program, endpoints):
    """The address of a simulated Runpod."""
    with subprocess.Popen([program, "upstream", str(endpoints)], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def of_one_scrape(program, endpoints, folder):
    """The instructions of a warm scrape in all threads, by function: those of the scrape with the median of their sum."""
    output = folder / "callgrind"
    # Writes the counts whenever `mark` is called, and begins again at 0.
    valgrind = ["valgrind", "--tool=callgrind", "--dump-before=instructions::mark", "--dump-line=no"]
    valgrind += [f"--callgrind-out-file={output}", f"--log-file={output}.log"]
    with upstream(program, endpoints) as address:
        subprocess.run([*valgrind, program, "scrapes", str(SCRAPES), str(endpoints), address], check=True, stdout=subprocess.DEVNULL)
    # The first file has what precedes the first scrape.
    files = [output.with_suffix(f".{number + 1}") for number in range(FIRST, SCRAPES + 1)]
    counts = [by_function(file.read_text().splitlines()) for file in files]
    return sorted(counts, key=lambda count: count.total())[len(counts) // 2]


def by_function(lines):
    """The instructions of each function without those that it calls."""
    names, costs = {}, collections.Counter()
    function, is_inclusive = None, False
    for line in lines:
        if match := NAME.match(line):
            kind, number, name = match.groups()
            if name:
                names[number] = name
            if kind == "fn":
                function = names[number]
        elif line.startswith("calls="):
            is_inclusive = True  # the next line has the cost of the called function
        elif match := COST.match(line):
            if not is_inclusive:
                costs[function] += int(match[1])
            is_inclusive = False
    return costs
