"""perfolio batch over an archive of small recordings, beside a shell loop of perf report over the same files.

The recordings are the samples' as if other hosts had made them (tests/fleet.py), of those samples that this perf reads.
"""

import os
import shutil
import subprocess
import sys

from measure import digest, find_made, make_folder, note_made

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import fleet  # noqa: E402

NAME = "archive"
RECORDINGS = 1000
PERF_RECORDINGS = 60  # perf needs about a second for some
AIM = 20  # times as fast as the loop


def readable(bench):
    """The samples that perf reads; all without one."""
    samples = [os.path.join(fleet.ROOT, "samples", s, "perf.data") for s in fleet.SAMPLES]
    if not bench.perf:
        return fleet.SAMPLES
    return [s for s, path in zip(fleet.SAMPLES, samples)
            if subprocess.run([bench.perf, "report", "--stdio", "-i", path], capture_output=True).returncode == 0]


def make(bench, count):
    """The folder with so many recordings, each in its own."""
    folder = os.path.join(bench.folder, f"{NAME}-{count}")
    samples = readable(bench)
    stamp = [folder, count, samples, digest(fleet.__file__)]
    if not find_made(folder, stamp):
        make_folder(folder)
        for i in range(count):
            fleet.copy_sample(samples[i % len(samples)], os.path.join(folder, f"{i:04}"), f"host-{i}")
        note_made(folder, {"recordings": count}, stamp)
    return folder


def batch(bench, folder, out):
    return [bench.perfolio, "batch", "--no-host-files", "-q", "-o", out, folder]


def loop(program, folder, count):
    script = f'for i in "$0"/*/perf.data; do [ $((n += 1)) -gt {count} ] || {program} >/dev/null 2>&1; done; true'
    return ["/bin/sh", "-c", script, folder]


def print_batch(bench, count):
    folder, out = make(bench, count), os.path.join(bench.folder, f"{NAME}-results")
    shutil.rmtree(out, ignore_errors=True)
    cost = bench.run(batch(bench, folder, out))
    again = bench.run(batch(bench, folder, out))
    shutil.rmtree(out)
    print(f"  batch of {count:5}: wall {cost.wall:.2f} s ({1000 * cost.wall / count:.1f} ms each),"
          f" CPU {cost.cpu:.2f} s, largest process {cost.peak:.1f} MiB; again {again.wall:.2f} s")
    return folder, cost


def bench_input(bench):
    count = RECORDINGS // bench.scale
    print(f"\n{NAME}: small recordings: {', '.join(readable(bench))}")
    print_batch(bench, count // 10)
    folder, ours = print_batch(bench, count)
    few = min(PERF_RECORDINGS, count)
    reports = bench.run(loop(f'"{bench.perfolio}" report --no-host-files "$i"', folder, few))
    print(f"  loop of perfolio report over {few}: wall {1000 * reports.wall / few:.1f} ms each,"
          f" CPU {1000 * reports.cpu / few:.1f} ms")
    if not bench.perf:
        print("  no perf: nothing to compare with")
        return
    perf = bench.run(loop(f'"{bench.perf}" report --stdio -i "$i"', folder, few))
    times, cpu = (p / few * count / o for p, o in ((perf.wall, ours.wall), (perf.cpu, ours.cpu)))
    reached = "reached" if times >= AIM else "NOT reached"
    print(f"  loop of perf report --stdio over {few}: wall {1000 * perf.wall / few:.1f} ms each,"
          f" CPU {1000 * perf.cpu / few:.1f} ms; batch is {times:.1f} times as fast (at least {AIM}: {reached}),"
          f" with {cpu:.1f} times less CPU")
