#!/usr/bin/env python3
"""Do the shares that perfolio reports agree with those the program measured itself?

usage: tests/samples_truth.py SAMPLE...

SAMPLE is a recording directory with a truth.json (samples/README.md says what stands in
it).  Every share there that can be compared is compared with `perfolio report`.  Prints
those that are off, then how many were compared; exit status 1 if one was off.

$PERFOLIO is the program, with $PERFOLIO_WRAPPER in front of it, as in tests/run.
"""

import json
import math
import os
import shlex
import subprocess
import sys


def report(view, sample):
    """perfolio's report as JSON."""
    wrapper = shlex.split(os.environ.get("PERFOLIO_WRAPPER", ""))
    command = [os.environ.get("PERFOLIO", "./perfolio"), "report", "--view", view, "--no-inline", "--format", "json"]
    done = subprocess.run(wrapper + command + [sample], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def event_index(doc, name):
    """The recording may know the event with its modifiers: cpu-clock:u, cpu-clock/freq=499/."""
    for i, event in enumerate(doc["events"]):
        if event["name"].replace("/", ":").split(":")[0] == name:
            return i
    sys.exit(f"there is no event {name}")


def reported_shares(doc, event, kind):
    """(name, file) -> self and total as shares of the event's whole weight."""
    weight = doc["events"][event]["weight"]
    shares = {}
    for function in doc["functions"]:
        if function["kind"] != kind:
            continue
        key = (function["name"], function["file"] if kind == "python" else "")
        sums = shares.setdefault(key, {"self": 0, "total": 0})
        for column in sums:
            sums[column] += function[column][event] / weight
    return shares


def tolerance(share, samples, bound):
    """How far a share of so many samples may be off: by chance, and by what the clock misses."""
    p = min(max(share, 1 / samples), 1 - 1 / samples)
    return bound["sigma"] * math.sqrt(p * (1 - p) / samples) + bound["points"] / 100


def compare(sample):
    """How many shares were compared, and how many of them were off."""
    with open(os.path.join(sample, "truth.json"), encoding="utf-8") as f:
        truth = json.load(f)
    kind = truth["functions"][0]["kind"]
    doc = report(kind, sample)
    event = event_index(doc, truth["event"])
    samples = doc["events"][event]["samples"]
    shares = reported_shares(doc, event, kind)

    compared = off = 0
    for function in truth["functions"]:
        got = shares.get((function["name"], function["file"]), {"self": 0, "total": 0})
        for column in ("self", "total"):
            if function["check"] not in (column, "both"):
                continue
            want = function[column + "_share"]
            bound = tolerance(want, samples, truth["bound"])
            compared += 1
            if abs(got[column] - want) > bound:
                off += 1
                print(
                    f"{sample}: {column} of {function['name']} is {100 * got[column]:.2f} %, "
                    f"measured {100 * want:.2f} % (+- {100 * bound:.2f})"
                )
    return compared, off


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    results = [compare(sample) for sample in sys.argv[1:]]
    compared, off = (sum(column) for column in zip(*results))
    print(f"{compared} shares compared, {off} off")
    sys.exit(1 if off or not compared else 0)


if __name__ == "__main__":
    main()
