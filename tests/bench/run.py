#!/usr/bin/env python3
"""Measure perfolio beside perf report on large recordings; print figures, never judge.

`make bench` calls this with PERFOLIO and BUILDDIR in the environment and
$(BENCH_ARGS) as arguments.  The recordings are made here, by tests/bench/make,
or by perf (recorded.py), kept in $TMPDIR/perfolio-bench (or /tmp/perfolio-bench) and used again.

Both programs run in turns, A B A B; a ratio is perf's figure divided by
perfolio's of the same round.  CPU is user and system time with that of child
processes (perf may start addr2line).  Output goes to /dev/null.
"""

import argparse
import dataclasses
import glob
import os
import shutil
import statistics
import subprocess
import sys
import time

import archive
import profiles
import recorded
from measure import (HEAD, MIB, PEAK_AIM, REPORT, Bench, PerfMap, digest, find_made, in_turns,
                     make_folder, median, met, need_room, note_made, print_leaves, print_pairs,
                     print_peak, ratios, run_tool, spread)

BASELINES = {
    "-g none": ["report", "--stdio", "--no-children", "-g", "none"],
    "--no-children": ["report", "--stdio", "--no-children"],
    "--children": ["report", "--stdio", "--children"],  # minutes: once will do
}
EXPORTS = ["callgrind", "folded", "dot"]


@dataclasses.dataclass
class Input:
    """A recording; aims are the least ratio of CPU time wanted for each baseline."""

    name: str
    shape: str  # of tests/bench/make
    samples: int
    block: int  # after so many samples their stacks come again
    what: str
    aims: dict


# The aims: see doc/BENCHMARKS.md.
DEEP = Input("deep", "deep", 1_000_000, 1_000_000, "Python, long stacks, one event",
             {"-g none": 1, "--no-children": 10, "--children": 100})
SHALLOW = Input("shallow", "shallow", 2_000_000, 2_000_000, "native code, 3 to 6 frames, one event",
                {"-g none": 2, "--no-children": 4, "--children": 13})
GROUP = Input("group", "group", 1_000_000, 1_000_000, "Python, four events in a group",
              {"--no-children": 8, "--children": 60})
PLAIN = Input("plain", "deep", 1_000_000, 20_000, "as deep, but 20,000 samples over and over", {})
DISTINCT = Input("distinct", "distinct", 1_000_000, 1_000_000, "as deep, but all stacks are new",
                 {})
INPUTS = [DEEP, PLAIN, SHALLOW, GROUP, DISTINCT]

REPEATED_AIM = 5  # percent more memory for the same samples four times
EXPORT_AIM = 20  # percent more CPU than the report


# ---- the recordings ------------------------------------------------------------


def make(bench, i, times=1):
    """Make the recording, or find it made; its path and what the generator says of it."""
    name = i.name + (f"-x{times}" if times > 1 else "")
    folder = os.path.join(bench.folder, name)
    samples, block = i.samples // bench.scale, i.block // bench.scale
    path = os.path.join(folder, "perf.data")
    tool = bench.tool("make")
    arguments = [folder, i.shape, str(samples * times), str(block), path]
    stamp = [*arguments, digest(tool)]
    made = find_made(folder, stamp)
    if not made:
        need_room(bench, samples * times * (800 if i.shape in ("deep", "distinct") else 300))
        make_folder(folder, "objects")
        made = run_tool([tool, *arguments])
        note_made(folder, made, stamp)
    return path, made


# ---- what is printed -----------------------------------------------------------


def print_input(i, made):
    samples = made["samples"]
    share = 100 * made["distinct_stacks"] / samples
    print(f"\n{i.name}: {i.what}")
    print(f"  {samples:,} samples of {made['entries'] / samples:.1f} chain entries,"
          f" {made['bytes'] / 1e6:.0f} MB; {made['distinct_stacks']:,} distinct stacks"
          f" ({share:.1f} %), {made['nodes']:,} nodes, {made['addresses']:,} addresses")


def print_alone(name, cost):
    print(f"  {name:15} perf alone: CPU {cost.cpu:.2f} s, wall {cost.wall:.2f} s,"
          f" {cost.peak:.0f} MiB")


def compare(bench, i, path):
    """perfolio and each baseline in turns; perf alone where perfolio cannot report."""
    if not bench.perf:
        print("  no perf: nothing to compare with")
        return
    print(HEAD)
    for name, words in BASELINES.items():
        rounds = bench.rounds
        if name == "--children" and not bench.full:
            rounds = 1 if name in i.aims else 0
        if rounds == 0:
            continue
        ours = bench.perfolio_command(REPORT, path)
        theirs = bench.perf_command(words, path)
        pairs = in_turns(bench, ours, theirs, rounds)
        if pairs:
            print_pairs(bench, name, pairs, i.aims.get(name))
        else:
            cost = bench.run(theirs)
            if cost:
                print_alone(name, cost)
        sys.stdout.flush()


def print_exports(bench, path):
    report = bench.perfolio_command(REPORT, path)
    rows = [("report --view native", [*REPORT, "--view", "native"], False),
            ("report --format json", [*REPORT, "--format", "json"], False)]
    rows += [(f"export {f}", ["export", "--format", f], True) for f in EXPORTS]
    for name, words, aim in rows:
        pairs = in_turns(bench, report, bench.perfolio_command(words, path), bench.rounds)
        if not pairs:
            continue
        more = [100 * (r - 1) for r in ratios(pairs, "cpu")]
        said = ""
        if aim:
            reached = statistics.median(more) <= EXPORT_AIM
            said = f" (at most {EXPORT_AIM}{met(bench, reached, ': ')})"
        print(f"  {name:22} CPU {spread([b.cpu for _, b in pairs])} s,"
              f" {spread(more, 0)} % more than report{said};"
              f" {median([b for _, b in pairs], 'peak'):.0f} MiB")


def print_repeated(bench, i, peak):
    """The same samples four times must not need more memory."""
    path, made = make(bench, i, 4)
    cost = bench.run(bench.perfolio_command(REPORT, path))
    shutil.rmtree(os.path.dirname(path))
    if not cost:
        return
    more = 100 * (cost.peak / peak - 1)
    print(f"  repeated four times ({made['bytes'] / 1e6:.0f} MB): peak {cost.peak:.1f} MiB,"
          f" {more:+.1f} % (at most {REPEATED_AIM}{met(bench, more <= REPEATED_AIM, ': ')});"
          f" CPU {cost.cpu:.2f} s")


def print_cost_of_nodes(bench, peaks):
    """What a new node of the call tree costs: all stacks distinct against hardly any."""
    made = {i.name: make(bench, i)[1] for i in (PLAIN, DISTINCT)}
    nodes = made["distinct"]["nodes"] - made["plain"]["nodes"]
    stacks = made["distinct"]["distinct_stacks"] - made["plain"]["distinct_stacks"]
    size = (peaks["distinct"] - peaks["plain"]) * MIB
    print(f"  against plain: {size / nodes:.0f} bytes of memory per new node"
          f" ({size / stacks:.0f} per new stack)")


def bench_input(bench, i, peaks):
    path, made = make(bench, i)
    print_input(i, made)
    with PerfMap(path):
        print_leaves(bench, path)
        if i is not DISTINCT or bench.full:
            compare(bench, i, path)
        peak = print_peak(bench, path, aim=i is not DISTINCT)
        if peak is None:
            return
        peaks[i.name] = peak
        if i.aims:
            print_exports(bench, path)
        profiles.print_profile(bench, path, made)
        if i is not DISTINCT:
            print_repeated(bench, i, peak)
        elif "plain" in peaks:
            print_cost_of_nodes(bench, peaks)
    sys.stdout.flush()


def delete(bench):
    for known in glob.glob(os.path.join(bench.folder, "*", "made.json")):
        shutil.rmtree(os.path.dirname(known))
    if not os.listdir(bench.folder):
        os.rmdir(bench.folder)


def first_line(command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.split("\n")[0]
    except OSError:
        return "none"


def print_machine(bench):
    model = "unknown CPU"
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    print(f"{time.strftime('%Y-%m-%d')}: {model}, {os.cpu_count()} CPUs,"
          f" load {os.getloadavg()[0]:.1f}, Linux {os.uname().release}")
    perf = first_line([bench.perf, "--version"]) if bench.perf else "no perf"
    print(f"{first_line([bench.perfolio, '--version'])}; {perf}")
    print(f"rounds: {bench.rounds}; three figures are min/median/max; page cache warm")


def main():
    temporary = os.path.join(os.environ.get("TMPDIR", "/tmp"), "perfolio-bench")
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="a twentieth of the size, one round")
    parser.add_argument("--full", action="store_true",
                        help="all rounds of --children too, and perf on distinct stacks")
    parser.add_argument("--rounds", type=int, default=5)
    names = [i.name for i in [*INPUTS, *recorded.INPUTS]] + [archive.NAME]
    parser.add_argument("--only", choices=names, action="append")
    parser.add_argument("--folder", default=temporary, help="where the recordings are kept")
    parser.add_argument("--delete", action="store_true", help="delete the recordings at the end")
    parser.add_argument("--perf", default="perf", help="which perf to compare with")
    parser.add_argument("--python", help="a CPython from 3.12 on to record")
    args = parser.parse_args()
    if "PERFOLIO" not in os.environ or "BUILDDIR" not in os.environ:
        parser.error("PERFOLIO and BUILDDIR are not set: run `make bench BENCH_ARGS=...`")

    if args.quick:
        args.folder = os.path.join(args.folder, "quick")
    os.makedirs(args.folder, exist_ok=True)
    bench = Bench(args)
    print_machine(bench)
    peaks = {}
    try:
        for i in INPUTS:
            if not args.only or i.name in args.only:
                bench_input(bench, i, peaks)
        for i in recorded.INPUTS:
            if not args.only or i.name in args.only:
                recorded.bench_input(bench, i)
        if not args.only or archive.NAME in args.only:
            archive.bench_input(bench)
    finally:
        if args.delete:
            delete(bench)


if __name__ == "__main__":
    main()
