"""Record with the perf of this machine, make a recording directory of it, and compare."""

import os
import re
import shutil
import subprocess

import harness
import perfscript

KALLSYMS = "/proc/kallsyms"


def start(suite):
    """A Live, or the end of the suite: one skip that says why nothing can be recorded here."""
    missing = [tool for tool in ("perf", "nm", "readelf") if not shutil.which(tool)]
    live = Live(suite.tmp)
    if missing:
        wrong = f"not installed: {' '.join(missing)}"
    elif live.kernel_is_hidden():
        wrong = "the kernel hides its symbols (kernel.kptr_restrict)"
    else:
        wrong = live.record(os.path.join(suite.tmp, "try"), ["-e", "cpu-clock"], ["true"])
    if wrong:
        suite.skip(f"perf cannot record here: {wrong}")
        suite.done()
    return live


class Live:
    def __init__(self, folder):
        self.folder = folder
        self.number = 0
        # A home of its own: perf keeps copies of objects there, and settings.
        self.env = dict(os.environ, HOME=folder, DEBUGINFOD_URLS="", PERF_BUILDID_DIR=os.path.join(folder, "cache"))
        self.tables, self.plts = {}, {}
        self.began = os.path.getmtime(folder)

    def record(self, path, options, command, pipe=False):
        """What went wrong, or ""."""
        call = ["perf", "record", "--call-graph", "fp", "-o", "-" if pipe else path, *options]
        call += ["--", *command] if command else []
        with open(path if pipe else os.devnull, "wb") as out:
            streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.PIPE}
            done = subprocess.run(call, env=self.env, timeout=120, **streams)
        return done.stderr.decode(errors="replace").strip().replace("\n", "; ") if done.returncode else ""

    def script(self, path):
        call = ["perf", "script", "-i", path, "-f", "--no-inline", "-F", perfscript.FIELDS, "--kallsyms", self.kallsyms()]
        done = subprocess.run(call, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        return list(perfscript.read_script(done.stdout.decode(errors="replace").splitlines()))

    def kernel_is_hidden(self):
        with open(KALLSYMS, encoding="utf-8") as f:
            return not any(int(line.split()[0], 16) for line in f)

    def kallsyms(self):
        path = os.path.join(self.folder, "kallsyms")
        if not os.path.exists(path):
            shutil.copyfile(KALLSYMS, path)
        return path

    def collect(self, folder, samples):
        """Beside the recording: the files of the samples with their debug files."""
        for dso in {f.dso for s in samples for f in s.frames}:
            if dso.startswith("/tmp/perf-"):
                shutil.copy(dso, folder)
            elif dso.startswith("/") and os.path.isfile(dso):
                copy = os.path.join(folder, "elf", dso[1:])
                os.makedirs(os.path.dirname(copy), exist_ok=True)
                shutil.copy2(dso, copy)
                debug = self.debug_file(dso)
                if debug:
                    shutil.copy2(debug, copy + ".debug")

    def debug_file(self, path):
        """Where distributions put it; perf looks there, too."""
        call = ["perf", "buildid-list", "-i", path]
        build_id = subprocess.run(call, env=self.env, capture_output=True, text=True).stdout.strip()
        debug = f"/usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"
        return debug if build_id and os.path.exists(debug) else None

    def names(self, samples):
        for dso in {f.dso for s in samples for f in s.frames}:
            if os.path.basename(dso) not in self.tables and os.path.isfile(dso):
                self.read_symbols(dso)
        if "[kernel.kallsyms]" not in self.tables:
            with open(self.kallsyms(), encoding="utf-8") as f:
                fields = map(str.split, f)
                self.tables["[kernel.kallsyms]"] = {name: int(address, 16) for address, _, name, *_ in fields}
        return perfscript.Names(self.tables)

    def read_symbols(self, path):
        table = self.tables[os.path.basename(path)] = {}
        for file in filter(None, (path, self.debug_file(path))):
            for option in ("-D", "-a"):
                done = subprocess.run(["nm", option, file], capture_output=True, text=True)
                fields = (line.split() for line in done.stdout.splitlines())
                table.update({f[2].split("@")[0]: int(f[0], 16) for f in fields if len(f) == 3})
        sections = subprocess.run(["readelf", "-SW", path], capture_output=True, text=True).stdout
        found = re.findall(r"\] \.plt\S* +PROGBITS +(\w+) \w+ (\w+)", sections)
        self.plts[os.path.basename(path)] = [(int(at, 16), int(at, 16) + int(size, 16)) for at, size in found]

    def remove_maps(self, samples):
        """Those in /tmp of processes that were recorded; older ones are somebody else's."""
        for pid in {s.pid for s in samples}:
            path = f"/tmp/perf-{pid}.map"
            if os.path.exists(path) and os.path.getmtime(path) >= self.began:
                os.unlink(path)

    def record_and_compare(self, suite, label, options, command, pipe=False, collect=True):
        self.number += 1
        folder = os.path.join(self.folder, f"recording-{self.number}")
        path = os.path.join(folder, "perf.data")
        os.mkdir(folder)
        wrong = self.record(path, options, command, pipe)
        if not suite.check(not wrong, f"{label}: perf records: {wrong}"):
            return
        samples = self.script(path)
        os.symlink(self.kallsyms(), os.path.join(folder, "kallsyms"))
        if collect:
            self.collect(folder, samples)
        self.remove_maps(samples)
        doc = harness.native_report(folder)
        keys = perfscript.Keys(self.names(samples), doc, self.plts)
        suite.check(len(samples) >= 20, f"{label}: there are only {len(samples)} samples")
        perfscript.compare(suite, label, perfscript.count_script(samples, keys), doc, keys)
