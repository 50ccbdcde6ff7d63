"""perf's own account of a recording, `perf script` counted, to hold perfolio's native view against.

Sums, leaves and totals must be equal, but for three differences.  Each is proved frame by frame, from
what perf prints; such a frame is *uncertain*, and only counts for what perfolio's total may be at most.

 - perf looks up a return address as it stands, perfolio at minus 1, where the call is.  The two agree
   if perf prints an offset other than +0x0.  The first address of a context (kernel, user) is none.
 - In execve() the memory is the new program's and the registers are still the old one's.  perf looks
   up the user's frames in what was mapped before, perfolio has no mapping there.
 - Where perfolio says that the vdso is not at hand, it has no names from it.
"""

import os
import re
from collections import Counter, defaultdict, namedtuple

import harness

FIELDS = "comm,pid,tid,event,period,ip,sym,symoff,dso"

# Addresses of a kernel of 64 bits have this bit, those of programs do not.
KERNEL = 1 << 63

Frame = namedtuple("Frame", "ip symbol offset dso")  # symbol None: perf has no name for it
Sample = namedtuple("Sample", "comm pid tid time event period frames")  # frames: innermost first

HEAD = re.compile(r"(.*\S)\s+(-?\d+)/(-?\d+)\s+(?:([\d.]+):\s+)?(\d+)\s+(\S.*?):\s*$")
FRAME = re.compile(r"\s+([0-9a-f]+) (?:\[unknown\]|(.*)\+0x([0-9a-f]+)) \((.*)\)$")


def read_frame(line):
    m = FRAME.match(line)
    if not m:
        raise ValueError(f"perf script says what is not understood: {line!r}")
    ip, symbol, offset, dso = m.groups()
    return Frame(int(ip, 16), symbol, int(offset, 16) if offset else None, dso)


def read_script(lines):
    """The samples that `perf script -F FIELDS --no-inline` printed, one by one."""
    known = {}  # most lines have occurred before
    sample = None
    for line in lines:
        line = line.rstrip("\n")
        if line[:1].isspace() and sample:
            if line not in known:
                known[line] = read_frame(line)
            sample.frames.append(known[line])
        elif m := HEAD.match(line):
            if sample:
                yield sample
            comm, pid, tid, time, period, event = m.groups()
            sample = Sample(comm, int(pid), int(tid), time, event, int(period), [])
        elif line:
            raise ValueError(f"perf script says what is not understood: {line!r}")
    if sample:
        yield sample


def plain_event(name):
    """cpu-clock:u, cpu-clock/freq=499/ -> cpu-clock: perf's versions differ behind that."""
    return re.split(r"[:/]", name.strip())[0]


# ---- keys: what perf and perfolio mean by their names -------------------------------


class Names:
    """The key of a symbol: its object and its address in it, since one address can have many names."""

    def __init__(self, tables):
        self.tables = tables  # base name of an object -> {symbol: address}

    def key(self, symbol, dso):
        base = os.path.basename(dso)
        symbol = re.sub(r"@@?[A-Z].*", "", symbol)  # a version, not @plt
        return base, self.tables.get(base, {}).get(symbol, symbol)


class Keys:
    """
    Of frames of perf script and of functions of perfolio's report `doc`.

    plts: base names of objects -> ranges of their PLT sections, in which names do not count.  perf 6.1 takes
    the entries to stand in the order of their relocations (wrong with IRELATIVE ones), gives
    the first one to _init before it, and does not know .plt.got.
    """

    def __init__(self, names, doc, plts=None):
        self.names = names
        self.plts = plts or {}
        self.no_vdso = any(p["subject"] == "[vdso]" and p["kind"] == "missing-vdso" for p in doc["problems"])
        self._known = {}

    def _native(self, symbol, dso):
        if symbol is None or (self.no_vdso and dso == "[vdso]"):
            return ("unnamed", os.path.basename(dso))
        return self.names.key(symbol, dso)

    def of_frame(self, frame):
        base = os.path.basename(frame.dso)
        if base in self.plts and self._in_plt(frame, base):
            return base, "PLT"
        return self.of_script(frame.symbol, frame.dso)

    def _in_plt(self, frame, base):
        if (frame.symbol or "").endswith("@plt"):
            return True
        start = self.names.tables[base].get(frame.symbol)
        address = frame.ip if start is None else start + frame.offset
        return any(first <= address < end for first, end in self.plts[base])

    def of_script(self, symbol, dso):
        if (symbol, dso) not in self._known:
            self._known[symbol, dso] = self._of_script(symbol, dso)
        return self._known[symbol, dso]

    def _of_script(self, symbol, dso):
        if (symbol or "").startswith("py::"):
            qualname, _, file = symbol[4:].partition(":")
            return ("python", qualname, file)
        if dso.startswith("[kernel"):
            dso = "[kernel.kallsyms]"
        elif dso == "[unknown]":
            dso = ""
        elif re.match(r"/tmp/perf-\d+\.map$|//anon|\[(anon|heap|stack)", dso):
            dso = "[jit]" if symbol else "[anon]"
        return self._native(symbol, dso)

    def of_function(self, f):
        if f["kind"] == "python":
            return ("python", f["name"], f["file"])
        symbol, where = f.get("symbol") or f["name"], harness.object_of(f)
        base = os.path.basename(where)
        if base in self.plts and re.search(r"^\.plt|@plt$", symbol):
            return base, "PLT"
        return self._native(None if harness.is_placeholder(f) else symbol, where)


def object_of(key):
    return key[1] if key[0] == "unnamed" else "[jit]" if key[0] == "python" else key[0].split(" PLT")[0]


# ---- perf's numbers ------------------------------------------------------------------


class Counts:
    """What perf says of one event."""

    def __init__(self):
        self.samples = self.weight = 0
        self.leaf = defaultdict(lambda: [0, 0])  # by key: samples, weight
        self.total = Counter()  # by key: samples with a certain frame of it
        self.perf_total = Counter()  # ... with any frame of it
        self._uncertain = Counter()  # by object: samples with an uncertain frame there
        self._both = Counter()  # by key: of these, those which have a certain frame of the key, too

    def add(self, keys, sample):
        certain, uncertain, where = set(), set(), set()
        for key, sure in classify(keys, sample.frames):
            (certain if sure else uncertain).add(key)
            if not sure:
                where.add(object_of(key))
        if in_exec(sample.frames):
            where.add("")
        self.samples += 1
        self.weight += sample.period
        leaf = self.leaf[keys.of_frame(sample.frames[0]) if sample.frames else ("unnamed", "")]
        leaf[0] += 1
        leaf[1] += sample.period
        self.total.update(certain)
        self.perf_total.update(certain | uncertain)
        self._uncertain.update(where)
        self._both.update(key for key in certain if object_of(key) in where)

    def bounds(self, key):
        """The least and the most samples that can have a frame of this key."""
        least = self.total[key]
        return least, least + self._uncertain[object_of(key)] - self._both[key]


def in_exec(frames):
    return any(f.ip & KERNEL and "execve" in (f.symbol or "") for f in frames)


def classify(keys, frames):
    """(key, is it certain?) of each frame."""
    exec_ = in_exec(frames)
    context = None
    for i, f in enumerate(frames):
        exact = i == 0 or (f.ip & KERNEL) != context
        context = f.ip & KERNEL
        yield keys.of_frame(f), bool(exact or f.offset) and not (exec_ and not context)


def count_script(samples, keys):
    """By event."""
    events = defaultdict(Counts)
    for sample in samples:
        events[sample.event].add(keys, sample)
    return events


# ---- the comparison --------------------------------------------------------------------


def count_report(doc, event, keys):
    """By key: self samples, self weight, total samples of one event (an index) of perfolio's report."""
    got = defaultdict(lambda: [0, 0, 0])
    for f in doc["functions"]:
        sums = got[keys.of_function(f)]
        for i, column in enumerate(("self_samples", "self", "total_samples")):
            sums[i] += f[column][event]
    return got


def differences(want, doc, event, keys):
    """Three lists of texts: sums, leaves, totals."""
    head, got = doc["events"][event], count_report(doc, event, keys)
    sums, leaves, totals = [], [], []

    for what, here, there in (("samples", head["samples"], want.samples), ("weight", head["weight"], want.weight)):
        if here != there:
            sums.append(f"{what}: {here}, perf has {there}")
    for key in sorted({k for k in got if got[k][0]} | set(want.leaf), key=str):
        here, there = (got[key][:2] if key in got else [0, 0]), want.leaf.get(key, [0, 0])
        if here != there:
            leaves.append(f"leaf {key}: {here[0]} samples, weight {here[1]}; perf has {there[0]}, {there[1]}")
    for key in sorted(set(got) | set(want.total), key=str):
        here, (least, most) = (got[key][2] if key in got else 0), want.bounds(key)
        if not least <= here <= most:
            totals.append(f"total of {key}: {here} samples, perf has {least}" + (f" to {most}" if most > least else ""))
    return sums, leaves, totals


def event_indexes(doc):
    """Plain names of the report's events -> where they stand."""
    index = {}
    for i, e in enumerate(doc["events"]):
        index.setdefault(plain_event(e["name"]), i)
    return index


def compare(suite, label, events, doc, keys):
    """Three tests for each event: sums, leaves and totals of the native report `doc` are perf's."""
    index = event_indexes(doc)
    suite.equal(f"{label}: the events", sorted(index), sorted({plain_event(e) for e in events}))
    for event, want in events.items():
        if plain_event(event) in index:
            found = differences(want, doc, index[plain_event(event)], keys)
            for what, wrong in zip(("sums", "leaves", "totals"), found):
                suite.row(f"{label}: {event}: {what}", wrong)
