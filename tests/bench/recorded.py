"""Inputs that perf records here: stacks of running programs, unwound from copies of 8 KiB.

Nobody can write such a recording by hand, so the bytes are others each time; a recording
is kept and used again.  Without perf, or a Python to record, they are skipped.
"""

import dataclasses
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys

from measure import (HEAD, PEAK_AIM, PerfMap, digest, find_made, in_turns, make_folder, median,
                     met, need_room, note_made, output_of, print_leaves, print_pairs, print_peak,
                     ratios, run_tool, spread)

EVENT = ["-e", "cpu-clock:u", "-c", "200000"]  # ns: 5000 samples a second
STACK = 8192
SOURCE = os.path.dirname(os.path.abspath(__file__))

OURS = ["report", "--view", "native"]
OURS_PLAIN = [*OURS, "--no-inline"]
PERF = ["report", "--stdio", "--no-children", "--no-inline"]

INLINE_AIM = 2  # times the CPU of --no-inline
UNPACK_AIM = 2  # times the cost of decompressing once, more than for the uncompressed recording
UNPACK_LEAST = 0.05  # s of decompressing: less cannot be told from noise


class Skipped(Exception):
    """There is no recording, and why."""


@dataclasses.dataclass
class Recorded:
    """A program that perf records; aim is the least ratio of perf's CPU time to perfolio's."""

    name: str
    what: str
    seconds: float  # of CPU time
    python: bool
    aim: float


# The aims: see doc/BENCHMARKS.md.
INPUTS = [
    Recorded("dwarf", "CPython with -X perf, stack copies", 9.2, True, 2),
    Recorded("dwarf-native", "deep stacks of native code, stack copies", 4.6, False, 5),
]


# ---- what is recorded ----------------------------------------------------------


def is_suitable(python):
    """Is it a CPython whose functions perf can see?"""
    code = "import sys; sys.exit(not sys.is_stack_trampoline_active())"
    try:
        return subprocess.run([python, "-X", "perf", "-c", code], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def find_python(bench):
    """The path of a Python to record.  What pyenv has in $PATH are scripts: look in its folder."""
    named = [shutil.which(f"python3.{minor}") for minor in range(12, 30)]
    pyenv = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3")))
    for python in [bench.python] if bench.python else [*filter(None, named), *pyenv]:
        if is_suitable(python):
            return python
    raise Skipped("no CPython from 3.12 on was found that can be recorded: name one with --python")


def program_of(bench, i, folder):
    """The command line to record.  The program is copied, for perf finds symbols by paths."""
    seconds = str(i.seconds / bench.scale)
    if i.python:
        return [find_python(bench), "-X", "perf", os.path.join(SOURCE, "busy.py"), seconds]
    return [os.path.join(folder, "deep"), seconds]


def record(bench, command, folder):
    """Record to folder/packed.data; what the program printed."""
    path = os.path.join(folder, "packed.data")
    done = subprocess.run(
        [bench.perf, "record", "-q", "-N", "-z", "-o", path, *EVENT,
         "--call-graph", f"dwarf,{STACK}", "--", *command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Skipped(f"perf record failed: {done.stderr.strip()}")
    return done.stdout


def keep_map(pid, folder):
    """Python leaves its perf map in /tmp, where others may remove it."""
    name = f"perf-{pid}.map"
    shutil.move(os.path.join("/tmp", name), os.path.join(folder, name))


def make(bench, i):
    """Record, or find it recorded; its folder and what is known of it."""
    if not bench.perf:
        raise Skipped("no perf: there is nothing to record with")
    folder = os.path.join(bench.folder, i.name)
    command = program_of(bench, i, folder)
    stamp = [*command, *EVENT, STACK, digest(bench.tool("deep")),
             digest(os.path.join(SOURCE, "busy.py")), digest(bench.tool("unpack"))]
    made = find_made(folder, stamp)
    if made:
        return folder, made
    need_room(bench, int(i.seconds / bench.scale * 5000 * STACK * 1.5))
    make_folder(folder)
    shutil.copy(bench.tool("deep"), folder)
    printed = record(bench, command, folder)
    if i.python:
        keep_map(int(printed), folder)
    made = run_tool([bench.tool("unpack"), os.path.join(folder, "packed.data"),
                     os.path.join(folder, "perf.data")])
    note_made(folder, made, stamp)
    return folder, made


# ---- what is measured ----------------------------------------------------------


def perfolio_frames(bench, path):
    """(frames a sample, share of the stacks that are whole in percent)"""
    words = ["export", "--format", "folded", "--view", "native", "--no-inline"]
    samples = frames = 0
    for line in output_of(bench, bench.perfolio_command(words, path)).splitlines():
        stack, _, count = line.rpartition(" ")
        samples += int(count)
        frames += int(count) * (stack.count(";") + 1)
    words = ["report", "--format", "json"]
    stacks = json.loads(output_of(bench, bench.perfolio_command(words, path)))["stacks"]
    return frames / samples, 100 * stacks["complete"] / sum(stacks.values())


def perf_frames(bench, path, samples):
    """Frames a sample: perf script has a line for each."""
    text = output_of(bench, bench.perf_command(["script", "--no-inline", "-F", "ip"], path))
    return sum(1 for line in text.splitlines() if line.strip()) / samples


def print_frames(bench, path, samples):
    ours, whole = perfolio_frames(bench, path)
    print(f"  frames a sample: perfolio {ours:.1f}, perf {perf_frames(bench, path, samples):.1f};"
          f" {whole:.1f} % of perfolio's stacks are whole")


def compare(bench, i, path):
    print(HEAD)
    pairs = in_turns(bench, bench.perfolio_command(OURS_PLAIN, path),
                     bench.perf_command(PERF, path), bench.rounds)
    if pairs:
        print_pairs(bench, "--no-inline", pairs, i.aim)


def print_inlined(bench, path):
    """Inlined functions and lines, against our own report without them."""
    pairs = in_turns(bench, bench.perfolio_command(OURS_PLAIN, path),
                     bench.perfolio_command(OURS, path), bench.rounds)
    if not pairs:
        return
    times = ratios(pairs, "cpu")
    with_inlined = [b for _, b in pairs]
    reached = statistics.median(times) <= INLINE_AIM
    peak = median(with_inlined, "peak")
    print(f"  inlined functions: CPU {spread([c.cpu for c in with_inlined])} s, {spread(times, 1)}"
          f" x --no-inline (at most {INLINE_AIM}{met(bench, reached, ': ')}); peak {peak:.1f} MiB"
          f" (at most {PEAK_AIM}{met(bench, peak <= PEAK_AIM, ': ')})")


def print_packed(bench, path, packed):
    """The compressed recording against the same uncompressed, and what decompressing costs."""
    walks = [bench.run([bench.tool("unpack"), packed]) for _ in range(bench.rounds)]
    reports = in_turns(bench, bench.perfolio_command(OURS_PLAIN, path),
                       bench.perfolio_command(OURS_PLAIN, packed), bench.rounds)
    if not all(walks) or not reports:
        return
    once = median(walks, "cpu")
    more = median([b for _, b in reports], "cpu") - median([a for a, _ in reports], "cpu")
    said = ""
    if once >= UNPACK_LEAST:
        said = f" (at most {UNPACK_AIM} times that{met(bench, more <= UNPACK_AIM * once, ': ')})"
    size = os.path.getsize(packed) / 1e6
    print(f"  compressed ({size:.0f} MB): CPU {spread([b.cpu for _, b in reports])} s,"
          f" {more:.2f} s more; decompressing once {once:.2f} s{said}")


def bench_input(bench, i):
    print(f"\n{i.name}: {i.what}")
    try:
        folder, made = make(bench, i)
    except Skipped as why:
        print(f"  skipped: {why}")
        return
    path = os.path.join(folder, "perf.data")
    print(f"  {made['samples']:,} samples of {STACK} bytes of stack, {made['bytes'] / 1e6:.0f} MB")
    with PerfMap(path):
        print_frames(bench, path, made["samples"])
        print_leaves(bench, path)
        compare(bench, i, path)
        print_inlined(bench, path)
        print_peak(bench, path)
        print_packed(bench, path, os.path.join(folder, "packed.data"))
    sys.stdout.flush()
