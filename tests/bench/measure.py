"""What the benchmark's inputs share: running commands, figures, and how they are printed."""

import collections
import dataclasses
import glob
import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

REPORT = ["report"]
MIB = 1 << 20

PEAK_AIM = 96  # MiB


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
        self.tools = os.path.join(os.environ["BUILDDIR"], "tests/bench")
        self.perf = shutil.which(args.perf)
        self.python = args.python
        self.folder = os.path.abspath(args.folder)
        self.rounds = 1 if args.quick else args.rounds
        self.full = args.full
        self.scale = 20 if args.quick else 1
        self.judge = not args.quick
        self.failed = set()
        self.environ = {k: v for k, v in os.environ.items() if k != "DEBUGINFOD_URLS"}
        # No settings, no cache of symbol files but the recording's own.
        self.environ.update(LC_ALL="C", HOME=self.folder, PERF_CONFIG="/dev/null")

    def tool(self, name):
        """A program of tests/bench."""
        return os.path.join(self.tools, name)

    def run(self, command):
        """The cost of a command, or None if it failed, which is told once."""
        done = subprocess.run([self.tool("cost"), *command], env=self.environ,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=True)
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


# ---- making recordings ---------------------------------------------------------


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def find_made(folder, stamp):
    """What is known of a recording that was made in the same way; None: it is to be made."""
    known = os.path.join(folder, "made.json")
    if os.path.exists(known):
        with open(known) as f:
            made = json.load(f)
        if made["stamp"] == stamp:
            return made
    return None


def note_made(folder, made, stamp):
    made["stamp"] = stamp
    with open(os.path.join(folder, "made.json"), "w") as f:
        json.dump(made, f)


def make_folder(*names):
    """An empty folder, and one in it."""
    shutil.rmtree(names[0], ignore_errors=True)
    os.makedirs(os.path.join(*names))


def run_tool(command):
    """Run a program of tests/bench; what it says in JSON."""
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def need_room(bench, size):
    free = shutil.disk_usage(bench.folder).free
    if free < size + (256 << 20):
        sys.exit(f"{bench.folder}: {free >> 20} MiB free, {size >> 20} MiB needed")


class PerfMap:
    """perf looks for names of trampolines nowhere but in /tmp; so put them there for a while."""

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


NAMELESS = "[nameless]"


def plain_name(name):
    """A symbol as both can say it: without version, or file of a Python function."""
    # perfolio says "[object]" or "[unknown]", perf the address or "[unknown]".
    if name.startswith(("[", "0x")):
        return NAMELESS
    if name.startswith("py::"):
        return name[4:].split(":", 1)[0]
    return re.sub("@@?[A-Z].*", "", name)


def perfolio_leaves(bench, path):
    """{name: samples with it as leaf}; empty if there is no report."""
    words = ["report", "--view", "native", "--no-inline", "--format", "json", "--limit", "0"]
    leaves = collections.Counter()
    text = output_of(bench, bench.perfolio_command(words, path))
    for f in json.loads(text)["functions"] if text else ():
        leaves[plain_name(f.get("symbol", f["name"]))] += sum(f["self_samples"])
    return +leaves


def perf_leaves(bench, path):
    words = ["report", "--stdio", "--no-children", "-g", "none", "--no-group", "--no-inline",
             "-F", "sample,sym"]
    leaves = collections.Counter()
    text = output_of(bench, bench.perf_command(words, path)) if bench.perf else ""
    for line in text.splitlines():
        columns = line.split()
        if len(columns) == 3 and columns[0].isdigit():
            leaves[plain_name(columns[2])] += int(columns[0])
    return leaves


def without_symbol(leaves):
    """The share of samples whose leaf has no name, in percent."""
    return 100 * leaves[NAMELESS] / leaves.total()


# ---- what is printed ---------------------------------------------------------


def met(bench, reached, before):
    """Small inputs say nothing about the aims."""
    return before + ("met" if reached else "not met") if bench.judge else ""


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
