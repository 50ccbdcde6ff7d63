"""Writes small perf.data files record by record, in either byte order, with attributes as old as perf reads.

Layouts: linux/perf_event.h and perf's perf.data-file-format.txt.
"""

import struct

SOFTWARE, CPU_CLOCK, PAGE_FAULTS = 1, 0, 2
HARDWARE, CYCLES, CACHE_MISSES = 0, 0, 3

IP, TID, TIME, CALLCHAIN, ID, CPU, PERIOD, STREAM_ID, IDENTIFIER = (1 << b for b in (0, 1, 2, 5, 6, 7, 8, 9, 16))

MMAP, COMM, EXIT, FORK, SAMPLE, MMAP2, FINISHED_ROUND = 1, 3, 4, 7, 9, 10, 68

USER, COMM_EXEC = 2, 1 << 13
CONTEXT_USER = -512 & (1 << 64) - 1
PROT_READ_EXEC, MAP_PRIVATE = 5, 2

# perf_event_attr.flags, counted from the lowest bit of a little-endian file.
FLAG_MMAP, FLAG_COMM, FLAG_FREQ, FLAG_TASK, FLAG_SAMPLE_ID_ALL, FLAG_MMAP2, FLAG_COMM_EXEC = 8, 9, 10, 13, 18, 23, 24
FLAGS = [FLAG_MMAP, FLAG_COMM, FLAG_TASK, FLAG_SAMPLE_ID_ALL, FLAG_MMAP2, FLAG_COMM_EXEC]


class Event:
    def __init__(self, kind, config, sample_type, period=0, freq=0):
        self.kind, self.config, self.sample_type = kind, config, sample_type
        self.period, self.freq = period, freq
        self.id = 0  # the image's to give


class Image:
    """A file-mode recording.  All events have one sample_type, so a record's id tells its event."""

    def __init__(self, events, order="<", attr_size=128):
        self.events, self.order, self.attr_size = events, order, attr_size
        self.data = []
        for i, event in enumerate(events):
            event.id = 1000 + i

    def pack(self, layout, *values):
        return struct.pack(self.order + layout, *values)

    def _text(self, s):
        raw = s.encode() + b"\0"
        return raw + b"\0" * (-len(raw) % 8)

    def _record(self, kind, misc, body):
        return self.pack("IHH", kind, misc, 8 + len(body)) + body

    def _trailer(self, pid, tid, time):
        """sample_id_all: in the order of the kernel's perf_event__output_id_sample()."""
        e = self.events[0]
        fields = [(TID, "II", (pid, tid)), (TIME, "Q", (time,)), (ID, "Q", (e.id,)), (STREAM_ID, "Q", (e.id,))]
        fields += [(CPU, "II", (0, 0)), (IDENTIFIER, "Q", (e.id,))]
        return b"".join(self.pack(layout, *v) for bit, layout, v in fields if e.sample_type & bit)

    # Each gives the bytes of one record; add() puts it into the file.

    def comm(self, pid, tid, time, name, execs=False):
        body = self.pack("II", pid, tid) + self._text(name)
        return self._record(COMM, COMM_EXEC if execs else 0, body + self._trailer(pid, tid, time))

    def task(self, kind, pid, ppid, tid, ptid, time):
        body = self.pack("IIIIQ", pid, ppid, tid, ptid, time)
        return self._record(kind, 0, body + self._trailer(ppid, ptid, time))

    def mmap(self, pid, tid, time, start, size, offset, path):
        body = self.pack("IIQQQ", pid, tid, start, size, offset) + self._text(path)
        return self._record(MMAP, USER, body + self._trailer(pid, tid, time))

    def mmap2(self, pid, tid, time, start, size, offset, path, inode=7):
        body = self.pack("IIQQQIIQQII", pid, tid, start, size, offset, 8, 1, inode, 1, PROT_READ_EXEC, MAP_PRIVATE)
        return self._record(MMAP2, USER, body + self._text(path) + self._trailer(pid, tid, time))

    def sample(self, event, pid, tid, time, chain, period=1):
        """chain: addresses, innermost first, without markers."""
        entries = [CONTEXT_USER] + chain
        fields = [
            (IDENTIFIER, "Q", (event.id,)),
            (IP, "Q", (chain[0],)),
            (TID, "II", (pid, tid)),
            (TIME, "Q", (time,)),
            (ID, "Q", (event.id,)),
            (STREAM_ID, "Q", (event.id,)),
            (CPU, "II", (0, 0)),
            (PERIOD, "Q", (period,)),
            (CALLCHAIN, f"Q{len(entries)}Q", (len(entries), *entries)),
        ]
        return self._record(SAMPLE, USER, b"".join(self.pack(l, *v) for bit, l, v in fields if event.sample_type & bit))

    def finished_round(self):
        return self._record(FINISHED_ROUND, 0, b"")

    def add(self, *records):
        self.data += records

    def _attr(self, event):
        flags = FLAGS + ([FLAG_FREQ] if event.freq else [])
        # In a big-endian file the bit field begins at the other end.
        bits = sum(1 << (bit if self.order == "<" else 63 - bit) for bit in flags)
        raw = self.pack("IIQQ", event.kind, self.attr_size, event.config, event.freq or event.period)
        raw += self.pack("QQQ", event.sample_type, 0, bits)
        return raw.ljust(self.attr_size, b"\0")

    def write(self, path):
        """Header, ids, attributes, records; no features."""
        entry, ids_at = self.attr_size + 16, 104
        attrs_at = ids_at + 8 * len(self.events)
        data_at = attrs_at + entry * len(self.events)
        data = b"".join(self.data)
        header = self.pack("8s8Q32s", b"PERFILE2"[:: 1 if self.order == "<" else -1], 104, entry, attrs_at,
                           entry * len(self.events), data_at, len(data), 0, 0, b"")
        ids = b"".join(self.pack("Q", e.id) for e in self.events)
        attrs = b"".join(self._attr(e) + self.pack("QQ", ids_at + 8 * i, 8) for i, e in enumerate(self.events))
        with open(path, "wb") as f:
            f.write(header + ids + attrs + data)
