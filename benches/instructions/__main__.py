"""The instructions of a scrape of 1,000 endpoints, compared with the committed count: `make bench-instructions`.

The count depends on the compiler, the C library and Valgrind, so that it is kept with their versions and only compared with the
same ones. It does not depend on the speed or the load of the machine, and hardly on its processor, because Valgrind emulates one.
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import callgrind
from verdict import incomparable, verdict

COMMITTED = Path(__file__).with_name("count.json")
ENDPOINTS = 1_000


def environment():
    rustc = dict(line.split(": ") for line in output("rustc", "--version", "--verbose").splitlines() if ": " in line)
    return {
        "rustc": rustc["release"],
        "target": rustc["host"],
        "libc": " ".join(platform.libc_ver()),
        "valgrind": output("valgrind", "--version"),
    }


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main():
    if not shutil.which("valgrind"):
        sys.exit("bench-instructions: valgrind is not installed; on Debian and derivatives: apt-get install valgrind")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the count instead of comparing it")
    write = parser.parse_args().write
    versions = environment()
    committed = None if write else json.loads(COMMITTED.read_text())
    if committed and (reason := incomparable(committed["versions"], versions)):
        sys.exit(f"bench-instructions: {reason}")
    program = callgrind.build()
    with tempfile.TemporaryDirectory() as folder:
        count = callgrind.of_one_scrape(program, ENDPOINTS, Path(folder)).total()
    if write:
        COMMITTED.write_text(json.dumps({"count": count, "versions": versions}, indent=2) + "\n")
        print(f"{count:,} instructions, written to {COMMITTED}")
        return
    ok, message = verdict(committed["count"], count)
    if not ok:
        sys.exit(f"bench-instructions: {message}")
    print(message)


if __name__ == "__main__":
    main()
