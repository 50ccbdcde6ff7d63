"""What the suites in Python need: run perfolio, count, skip.  tests/run says what is around them."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PERFOLIO = os.environ.get("PERFOLIO") or os.path.join(ROOT, "perfolio")
SHARED = os.environ.get("SHARED") or os.path.join(ROOT, "..", "shared")
WRAPPER = shlex.split(os.environ.get("PERFOLIO_WRAPPER", ""))


class Suite:
    """Counts tests; says at the end the line that tests/run adds up."""

    SHOWN = 12  # failed checks printed of one row

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self._lock = threading.Lock()
        # tests/run gives an empty folder; by hand it is ours to make, and to remove.
        self._own = None if os.environ.get("TMPDIR") else tempfile.TemporaryDirectory(prefix="perfolio-test-")
        self.tmp = self._own.name if self._own else os.environ["TMPDIR"]

    def check(self, ok, text):
        with self._lock:
            if ok:
                self.passed += 1
            else:
                self.failed += 1
                print("failed:", text, flush=True)
        return bool(ok)

    def row(self, name, wrong):
        """One test; it holds if the list of what is wrong is empty."""
        more = [f"... and {len(wrong) - self.SHOWN} more"] if len(wrong) > self.SHOWN else []
        return self.check(not wrong, "\n    ".join([name] + wrong[: self.SHOWN] + more))

    def equal(self, name, got, want):
        return self.check(got == want, f"{name}: is {got!r}, not {want!r}")

    def skip(self, text):
        with self._lock:
            self.skipped += 1
            print("skip:", text, flush=True)

    def done(self):
        line = f"{self.passed} passed, {self.failed} failed"
        print(line + (f", {self.skipped} skipped" if self.skipped else ""))
        sys.exit(1 if self.failed else 0)


def perfolio(*args, output=subprocess.PIPE):
    """Run it; what it says is bytes.  Its exit status and complaints are the caller's to judge."""
    return subprocess.run(WRAPPER + [PERFOLIO, *args], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE)


def perfolio_json(*args):
    done = perfolio(*args)
    if done.returncode:
        said = done.stderr.decode(errors="replace")
        raise RuntimeError(f"perfolio {' '.join(args)}: status {done.returncode}: {said}")
    return json.loads(done.stdout)


def native_report(recording, *args):
    return perfolio_json("report", "--view", "native", "--no-inline", "--format", "json", *args, recording)


def folded_label(f):
    """How `export --format folded --full-names` writes a function of the JSON report."""
    python = f["kind"] == "python"
    where = f["file"] if python else f["object"]
    label = f"{f['module']}.{f['name']}" if python and f["module"] else f["name"]
    if not is_placeholder(f):
        label += ("_[k]" if f["kind"] == "kernel" else "") + (f" ({where})" if where else "")
    return label.replace(";", ",")


def object_of(f):
    return f["object"] or ("[kernel.kallsyms]" if f["kind"] == "kernel" else "")


def is_placeholder(f):
    """Does the function stand for what has no symbol: [object], [kernel], [unknown] ...?"""
    where = object_of(f)
    return f["name"] in (f"[{os.path.basename(where)}]", where, "[kernel]", "[native]", "[unknown]", "[anon]")
