#!/usr/bin/env python3
"""Measure perfolio beside perf report on large recordings; print figures, never judge.

`make bench` calls this with PERFOLIO and BUILDDIR in the environment and
$(BENCH_ARGS) as arguments.  The recordings are made here, by tests/bench/make,
kept in $TMPDIR/perfolio-bench (or /tmp/perfolio-bench) and used again.

Both programs run in turns, A B A B; a ratio is perf's figure divided by
perfolio's of the same round.  CPU is user and system time with that of child
processes (perf may start addr2line).  Output goes to /dev/null.
"""

import argparse
import collections
import dataclasses
import glob
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

REPORT = ["report"]
BASELINES = {
    "-g none": ["report", "--stdio", "--no-children", "-g", "none"],
    "--no-children": ["report", "--stdio", "--no-children"],
    "--children": ["report", "--stdio", "--children"],  # minutes: once will do
}
EXPORTS = ["callgrind", "folded", "dot"]
MIB = 1 << 20


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
DISTINCT = Input("distinct", "distinct", 1_000_000, 1_000_000, "as deep, but every stack is new", {})
INPUTS = [DEEP, PLAIN, SHALLOW, GROUP, DISTINCT]

PEAK_AIM = 96  # MiB
REPEATED_AIM = 5  # percent more memory for the same samples four times
EXPORT_AIM = 20  # percent more CPU than the report


# ---- running a command ---------------------------------------------------------


@dataclasses.dataclass
class Cost:
    wall: float
    cpu: float
    peak: float  # MiB; of the largest of the command's processes


class Bench:
    """Where things are, and how often to measure."""

    def __init__(self, args):
        self.perfolio = os.environ["PERFOLIO"]
        self.make = os.path.join(os.environ["BUILDDIR"], "tests/bench/make")
        self.cost = os.path.join(os.environ["BUILDDIR"], "tests/bench/cost")
        self.perf = shutil.which(args.perf)
        self.folder = os.path.abspath(args.folder)
        self.rounds = 1 if args.quick else args.rounds
        self.full = args.full
        self.scale = 20 if args.quick else 1
        self.judge = not args.quick
        self.failed = set()
        self.environ = {k: v for k, v in os.environ.items() if k != "DEBUGINFOD_URLS"}
        # No settings, no cache of symbol files but the recording's own.
        self.environ.update(LC_ALL="C", HOME=self.folder, PERF_CONFIG="/dev/null")

    def run(self, command):
        """The cost of a command, or None if it failed, which is told once."""
        done = subprocess.run([self.cost, *command], env=self.environ, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
        told = json.loads(done.stdout)
        if told["status"] != 0:
            self.tell_failure(command, told["status"], done.stderr)
            return None
        return Cost(told["wall"], told["cpu"], told["peak"] / 1024)

    def tell_failure(self, command, status, errors):
        key = " ".join(command)
        if key in self.failed:
            return
        self.failed.add(key)
        print(f"  failed with status {status}: {key}")
        for line in errors.decode(errors="replace").splitlines()[:3]:
            print(f"    {line}")

    def perfolio_command(self, words, path):
        return [self.perfolio, *words, path]

    def perf_command(self, words, path):
        return [self.perf, *words, "-i", path]


# ---- the recordings ------------------------------------------------------------


def make(bench, i, times=1):
    """Make the recording, or find it made; its path and what the generator says of it."""
    name = i.name + (f"-x{times}" if times > 1 else "")
    folder = os.path.join(bench.folder, name)
    samples, block = i.samples // bench.scale, i.block // bench.scale
    path = os.path.join(folder, "perf.data")
    arguments = [bench.make, folder, i.shape, str(samples * times), str(block), path]
    known = os.path.join(folder, "made.json")
    with open(bench.make, "rb") as f:
        stamp = [*arguments[1:], hashlib.sha256(f.read()).hexdigest()]
    if os.path.exists(known):
        with open(known) as f:
            made = json.load(f)
        if made["stamp"] == stamp:
            return path, made
    need_room(bench, samples * times * (800 if i.shape in ("deep", "distinct") else 300))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "objects"))
    done = subprocess.run(arguments, stdout=subprocess.PIPE, check=True)
    made = json.loads(done.stdout)
    made["stamp"] = stamp
    with open(known, "w") as f:
        json.dump(made, f)
    return path, made


def need_room(bench, size):
    free = shutil.disk_usage(bench.folder).free
    if free < size + (256 << 20):
        sys.exit(f"{bench.folder}: {free >> 20} MiB free, {size >> 20} MiB needed")


class PerfMap:
    """perf looks for the names of trampolines nowhere but in /tmp; so put them there for a while."""

    def __init__(self, path):
        maps = glob.glob(os.path.join(os.path.dirname(path), "perf-*.map"))
        self.copies = [(m, os.path.join("/tmp", os.path.basename(m))) for m in maps]

    def __enter__(self):
        for original, copy in self.copies:
            shutil.copyfile(original, copy)

    def __exit__(self, *_):
        for _, copy in self.copies:
            os.unlink(copy)


# ---- figures -------------------------------------------------------------------


def spread(values, digits=2):
    """min/median/max, or the only one"""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    three = (min(values), statistics.median(values), max(values))
    return "/".join(f"{v:.{digits}f}" for v in three)


def median(costs, what):
    return statistics.median(getattr(c, what) for c in costs)


def ratios(pairs, what):
    return [getattr(b, what) / max(getattr(a, what), 1e-3) for a, b in pairs]


def in_turns(bench, a, b, rounds):
    """[(cost of a, cost of b)], fewer than `rounds` if one fails."""
    pairs = []
    for _ in range(rounds):
        first, second = bench.run(a), bench.run(b)
        if not first or not second:
            break
        pairs.append((first, second))
    return pairs


def output_of(bench, command):
    done = subprocess.run(command, env=bench.environ, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode() if done.returncode == 0 else ""


def perfolio_leaves(bench, path):
    """{name: samples with it as leaf}; empty if there is no report."""
    words = ["report", "--view", "native", "--format", "json", "--limit", "0"]
    leaves = collections.Counter()
    text = output_of(bench, bench.perfolio_command(words, path))
    for f in json.loads(text)["functions"] if text else ():
        leaves[f.get("symbol", f["name"])] += sum(f["self_samples"])
    return +leaves


def perf_leaves(bench, path):
    words = ["report", "--stdio", "--no-children", "-g", "none", "--no-group", "-F", "sample,sym"]
    leaves = collections.Counter()
    text = output_of(bench, bench.perf_command(words, path)) if bench.perf else ""
    for line in text.splitlines():
        columns = line.split()
        if len(columns) == 3 and columns[0].isdigit():
            leaves[columns[2]] += int(columns[0])
    return leaves


def without_symbol(leaves):
    """The share of samples whose leaf has no name, in percent."""
    # perfolio says "[object]" or "[unknown]", perf the address or "[unknown]".
    nameless = sum(n for name, n in leaves.items() if name.startswith(("[", "0x")))
    return 100 * nameless / leaves.total()


# ---- what is printed -----------------------------------------------------------


def met(bench, reached, before):
    """Small inputs say nothing about the aims."""
    return before + ("met" if reached else "not met") if bench.judge else ""


def print_input(i, made):
    samples = made["samples"]
    share = 100 * made["distinct_stacks"] / samples
    print(f"\n{i.name}: {i.what}")
    print(f"  {samples:,} samples of {made['entries'] / samples:.1f} chain entries,"
          f" {made['bytes'] / 1e6:.0f} MB; {made['distinct_stacks']:,} distinct stacks"
          f" ({share:.1f} %), {made['nodes']:,} nodes, {made['addresses']:,} addresses")


def print_leaves(bench, path):
    """Do both resolve the same?  Else it is no fair race."""
    ours, theirs = perfolio_leaves(bench, path), perf_leaves(bench, path)
    if not ours or not theirs:
        print("  samples without a symbol: not known; the ratios below do not count")
        return
    shares = without_symbol(ours), without_symbol(theirs)
    others = max((ours - theirs).total(), (theirs - ours).total())
    counts = abs(shares[0] - shares[1]) < 1
    print(f"  samples without a symbol: perfolio {shares[0]:.2f} %, perf {shares[1]:.2f} %;"
          f" {others} named differently" + ("" if counts else "; the ratios below do not count"))


HEAD = (f"  {'perf report ...':15} {'perfolio CPU s':>20} {'perf CPU s':>20} {'CPU ratio':>20}"
        f" {'wall ratio':>20} {'MiB':>11} {'aim':>10}")


def print_pairs(bench, name, pairs, aim):
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    cpu = ratios(pairs, "cpu")
    said = f"{aim} x" + met(bench, statistics.median(cpu) >= aim, ": ") if aim else ""
    print(f"  {name:15} {spread([c.cpu for c in ours]):>20} {spread([c.cpu for c in theirs]):>20}"
          f" {spread(cpu, 1):>20} {spread(ratios(pairs, 'wall'), 1):>20}"
          f" {median(ours, 'peak'):>5.0f} {median(theirs, 'peak'):>5.0f} {said:>10}")


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


def print_peak(bench, path, aim=True):
    costs = [c for c in (bench.run(bench.perfolio_command(REPORT, path))
                         for _ in range(bench.rounds)) if c]
    if not costs:
        return None
    peak = median(costs, "peak")
    wanted = f" (at most {PEAK_AIM}{met(bench, peak <= PEAK_AIM, ': ')})" if aim else ""
    print(f"  perfolio report: CPU {spread([c.cpu for c in costs])} s,"
          f" wall {spread([c.wall for c in costs])} s, peak {peak:.1f} MiB{wanted}")
    return peak


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
    parser.add_argument("--only", choices=[i.name for i in INPUTS], action="append")
    parser.add_argument("--folder", default=temporary, help="where the recordings are kept")
    parser.add_argument("--delete", action="store_true", help="delete the recordings at the end")
    parser.add_argument("--perf", default="perf", help="which perf to compare with")
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
    finally:
        if args.delete:
            delete(bench)


if __name__ == "__main__":
    main()
