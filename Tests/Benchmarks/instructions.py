#!/usr/bin/env python3
"""User instructions, counted by callgrind: what no other program on the machine can disturb.

    Tests/Benchmarks/instructions.py [--binary .build/release/Benchmarks] [CROWD…]
    Tests/Benchmarks/instructions.py --scale

A crowd is CONNECTIONSxSTREAMSxTOPICS, everything but the sockets, in one thread. The process runs
twice, with few turns and with many; what the many cost more is theirs. `--scale`: the same of a
subscription that ends and begins again among 1,000, 10,000 and 100,000 topics.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CROWDS = ["1000x1x1", "10x100x1", "1000x1x10"]
TURNS = (20, 120)
STEPS = (0, 20_000)
SIZES = (1_000, 10_000, 100_000)


def count(binary: pathlib.Path, *words: object) -> tuple[int, str]:
    """Instructions of the whole process, and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        # Valgrind gives up on some of what Swift writes for debuggers.
        bare = f"{folder}/binary"
        subprocess.run(["strip", "--strip-debug", "-o", bare, binary], check=True)
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", bare,
             *map(str, words)],
            # A hash of its own in each process would make every run another.
            env=os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"},
            capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        summary = re.search(r"^(?:summary|totals): (\d+)", pathlib.Path(folder, "out").read_text(),
                            re.MULTILINE)
        return int(summary.group(1)), done.stdout


def per_delivery(binary: pathlib.Path, crowd: str) -> float:
    """User instructions of one delivery to one subscriber."""
    few, many = (count(binary, "deliveries", "--crowd", crowd, "--steps", n) for n in TURNS)
    made = [int(re.search(r"deliveries (\d+)", text).group(1)) for _, text in (few, many)]
    return (many[0] - few[0]) / (made[1] - made[0])


def per_exchange(binary: pathlib.Path, topics: int) -> float:
    """User instructions of ending a subscription and beginning it again."""
    none, some = (count(binary, "scale", "--topics", topics, "--steps", n)[0] for n in STEPS)
    return (some - none) / (STEPS[1] - STEPS[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("crowds", nargs="*", metavar="CROWD", help="; ".join(CROWDS))
    parser.add_argument("--scale", action="store_true")
    parser.add_argument(
        "--binary", type=pathlib.Path, default=ROOT / ".build/release/Benchmarks")
    options = parser.parse_args()
    if options.scale:
        print("| topics | instructions to unsubscribe and subscribe |\n|---:|---:|")
        for size in SIZES:
            print(f"| {size:,} | {per_exchange(options.binary, size):,.0f} |", flush=True)
        return
    print("| connections x streams x topics | user instructions per delivery |\n|---|---:|")
    for crowd in options.crowds or CROWDS:
        print(f"| {crowd} | {per_delivery(options.binary, crowd):,.1f} |", flush=True)


if __name__ == "__main__":
    main()
