#!/usr/bin/env python3
"""Do the books balance?  What is in a recording is in every view and in every output of it.

usage: tests/books.py RECORDING...

For each recording the sums of self costs over all functions must be the event's, in samples and in weight,
in JSON, CSV, XML, folded stacks and callgrind, and the same in every view.  Prints what does not
agree, then how many sums were compared; exit status 1 if one was off.

$PERFOLIO is the program, with $PERFOLIO_WRAPPER in front of it, as in tests/run.
"""

import csv
import io
import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as xml

VIEWS = ("python", "native", "mixed")
NAMESPACE = "{urn:perfolio:report:1}"

compared = 0
wrong = 0


def perfolio(*args):
    wrapper = shlex.split(os.environ.get("PERFOLIO_WRAPPER", ""))
    command = wrapper + [os.environ.get("PERFOLIO", "./perfolio")] + list(args)
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode()


def compare(where, is_, want):
    global compared, wrong
    compared += 1
    if is_ != want:
        wrong += 1
        print(f"{where}: {is_}, not {want}")


def sums_of_json(text):
    """(weights, samples) of all functions, by event."""
    doc = json.loads(text)
    n = range(len(doc["events"]))
    return (
        [sum(f["self"][e] for f in doc["functions"]) for e in n],
        [sum(f["self_samples"][e] for f in doc["functions"]) for e in n],
    )


def sums_of_csv(text):
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    columns = csv.DictReader(io.StringIO(text, newline="")).fieldnames or []

    def sums(suffix):
        return [sum(int(row[c] or 0) for row in rows) for c in columns if c.endswith(suffix)]

    return sums(" self weight"), sums(" self samples")


def sums_of_xml(text):
    root = xml.fromstring(text)
    functions = [f.findall(f"{NAMESPACE}cost") for f in root.iter(f"{NAMESPACE}function")]
    n = range(len(list(root.iter(f"{NAMESPACE}event"))))
    return (
        [sum(int(f[e].get("self")) for f in functions) for e in n],
        [sum(int(f[e].get("self_samples")) for f in functions) for e in n],
    )


def sum_of_folded(text):
    return sum(int(line.rpartition(" ")[2]) for line in text.splitlines())


def sums_of_callgrind(text, events):
    """Weights by event: cost lines that do not stand behind a calls= are a function's own."""
    sums = [0] * events
    inclusive = False
    for line in text.splitlines():
        if line[:1].isdigit() and not inclusive:
            for e, cost in enumerate(line.split()[1:]):
                sums[e] += int(cost)
        inclusive = line.startswith("calls=")
    return sums


def check_view(recording, view, weights, samples, names):
    where = f"{os.path.basename(recording)}, {view} view"
    report = ["report", "--view", view, "-i", recording, "--format"]
    for output, sums_of in (("json", sums_of_json), ("csv", sums_of_csv), ("xml", sums_of_xml)):
        is_weights, is_samples = sums_of(perfolio(*report, output))
        compare(f"{where}, {output}, weights", is_weights, weights)
        compare(f"{where}, {output}, samples", is_samples, samples)
    export = ["export", "--view", view, "-i", recording, "--format"]
    compare(f"{where}, callgrind", sums_of_callgrind(perfolio(*export, "callgrind"), len(names)), weights)
    for tasks in ([], ["--tasks"]):
        for e, name in enumerate(names):
            folded = [*export, "folded", "--event", name, *tasks, "--unit"]
            compare(f"{where}, folded {tasks}, {name} samples", sum_of_folded(perfolio(*folded, "samples")), samples[e])
            compare(f"{where}, folded {tasks}, {name} weight", sum_of_folded(perfolio(*folded, "weight")), weights[e])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for recording in sys.argv[1:]:
        events = json.loads(perfolio("report", "-i", recording, "--format", "json"))["events"]
        weights = [e["weight"] for e in events]
        samples = [e["samples"] for e in events]
        for view in VIEWS:
            check_view(recording, view, weights, samples, [e["name"] for e in events])
    print(f"{compared} sums compared, {wrong} are off")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
