"""Compares what tests/python_definitions finds in Python sources with Python's own ast and compiled code objects.

python_oracle.py says what Python says.  Compared are

  ast    kind, first line (of the first decorator), line, end line and column: the same definitions, no more and no fewer
  code   qualified name and first line of each code object: found is every one.  What is found and has no code is never
         compiled: its code is unreachable ("if 0:"), or equal to the code of another on the same line.

Files that the Python refuses are left out.
"""

import glob
import json
import os
import re
import subprocess
from collections import Counter

import harness

DEFINITIONS = os.path.join(os.environ.get("BUILDDIR", harness.ROOT), "tests", "python_definitions")
ORACLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python_oracle.py")

# ast has no word for the others, and cannot tell which comprehensions are inlined.
IN_AST = {"function", "async function", "class", "lambda", "generator expression", "type alias"}


def interpreters():
    """(major.minor.patch, program, folder of the library) of CPython from 3.12 on."""
    names = [f"python3.{minor}" for minor in range(12, 16)]
    candidates = glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3"))
    candidates += [os.path.join(folder, name) for folder in os.get_exec_path() for name in names]
    ask = "import sys, sysconfig as s; print(sys.version.split()[0], s.get_path('stdlib'))"
    found = {}
    for path in sorted(candidates):
        try:
            done = subprocess.run([path, "-c", ask], capture_output=True, text=True, timeout=60)
        except OSError:
            continue
        match = re.match(r"(3\.(1[2-5])\.\S+) (/.*)", done.stdout)
        if done.returncode == 0 and match:
            found.setdefault(match[1], (path, int(match[2]), match[3]))
    return found


def asked(program, paths):
    """Per path what the oracle says; None: Python does not compile it."""
    text = "".join(path + "\n" for path in paths)
    done = subprocess.run([program, "-I", ORACLE], input=text, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def ours(minor, paths):
    """Per path what tests/python_definitions prints: trouble, definitions."""
    text = "".join(path + "\n" for path in paths)
    command = harness.WRAPPER + [DEFINITIONS, str(minor)]
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
    answers = []
    for line in done.stdout.decode(errors="surrogateescape").split("\n")[:-1]:
        fields = line.split("\t")
        if fields[0] == "file":
            answers.append((fields[2], []))
        else:
            answers[-1][1].append((fields[0], *map(int, fields[1:5]), fields[5]))
    return answers


def start(suite):
    """The interpreters; without them, or without our program, the suite ends here."""
    if not os.access(DEFINITIONS, os.X_OK):
        suite.skip("tests/python_definitions is not built")
        suite.done()
    found = interpreters()
    if not found:
        suite.skip("there is no CPython from 3.12 to 3.15")
        suite.done()
    return sorted(found.items())


class Sums:
    """What was compared, and the first of what differs."""

    def __init__(self):
        self.files = self.refused = self.nodes = self.codes = self.same_nodes = self.same_codes = self.idle = 0
        self.troubles = []
        self.wrong = []

    def add(self, path, said, trouble, found):
        if said is None:
            self.refused += 1
            return
        self.files += 1
        if trouble != "-":
            self.troubles.append(f"{path}: {trouble}")
        self.compare_nodes(path, Counter(map(tuple, said[0])), Counter(d[:5] for d in found if d[0] in IN_AST))
        self.compare_codes(path, {tuple(c) for c in said[1]}, {(d[5], d[1]) for d in found})

    def compare_nodes(self, path, want, got):
        self.nodes += sum((want | got).values())
        self.same_nodes += sum((want & got).values())
        self.wrong += [f"{path}: of ast, not found: {d}" for d in want - got]
        self.wrong += [f"{path}: found, not of ast: {d}" for d in got - want]

    def compare_codes(self, path, want, got):
        self.codes += len(want)
        self.same_codes += len(want & got)
        self.idle += len(got - want)
        self.wrong += [f"{path}: code not found: {c}" for c in want - got]

    def told(self, name):
        """The shares, for people; suites print what begins so only when asked (tests/run --verbose)."""
        nodes, codes = (100 * a / max(b, 1) for a, b in ((self.same_nodes, self.nodes), (self.same_codes, self.codes)))
        print(f"{name}: {self.files} files ({self.refused} refused): {self.same_nodes} of {self.nodes} definitions as ast"
              f" ({nodes:.3f} %), {self.same_codes} of {self.codes} code objects ({codes:.3f} %), {self.idle} without code")


def compare(suite, name, program, minor, paths):
    sums = Sums()
    for path, said, (trouble, found) in zip(paths, asked(program, paths), ours(minor, paths)):
        sums.add(path, said, trouble, found)
    sums.told(name)
    suite.row(f"{name}: definitions and code objects", sums.wrong)
    suite.row(f"{name}: what Python compiles is no trouble", sums.troubles)
    return sums
