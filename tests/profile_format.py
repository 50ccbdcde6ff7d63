#!/usr/bin/env python3
"""Reads a profile file as doc/PROFILE-FORMAT.md describes it, without perfolio: is the description all one needs?

usage: tests/profile_format.py FILE.perfolio

Prints what is in it as JSON.  Needs zstd(1).  As a module: read(path) gives the same as Python objects.
"""

import itertools
import json
import struct
import subprocess
import sys

MAGIC = b"\x89PFOLIO\n"
PIECES = ("file", "offsets", "kernel", "jit")
GAPS = ("", "other-code", "no-loop", "no-labels", "no-debug-info")
STACKS = ("complete", "copy_too_short", "no_cfi", "file_missing", "bad_data", "recorded")


def unpack(packed):
    return subprocess.run(["zstd", "-d", "-c", "-q"], input=packed, stdout=subprocess.PIPE, check=True).stdout


class Section:
    def __init__(self, data, texts=None):
        self.data, self.at, self.texts = data, 0, texts

    def varint(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def difference(self):
        v = self.varint()
        return v >> 1 ^ -(v & 1)

    def text(self):
        return self.texts[self.varint()]

    def list(self, item):
        return [item() for _ in range(self.varint())]

    def fields(self, names):
        """names: "t:path v:size d:clock": texts, varints, differences."""
        kinds = {"t": self.text, "v": self.varint, "d": self.difference}
        return {name: kinds[kind]() for kind, name in (word.split(":") for word in names.split())}

    def bytes(self):
        size = self.varint()
        self.at += size
        return self.data[self.at - size : self.at].decode(errors="surrogateescape")

    def done(self):
        assert self.at == len(self.data), f"{len(self.data) - self.at} bytes are left"


def sections_of(data):
    assert data[:8] == MAGIC
    major, _, n, stored, size = struct.unpack("<HHIII", data[8:24])
    assert major == 1
    table = unpack(data[24 : 24 + stored])
    assert len(table) == size and table[:16] == data[:16]
    at, sections = 24 + stored, {}
    for i in range(n):
        tag, _, stored, size = struct.unpack("<4sIQQ", table[16 + 24 * i : 40 + 24 * i])
        sections[tag.decode()] = unpack(data[at : at + stored])
        assert len(sections[tag.decode()]) == size <= 64 * stored + 63
        at += stored
    assert at == len(data)
    return sections


def read_recording(s):
    r = s.fields("t:path t:contents v:size t:host t:program t:machine t:kernel t:cpu t:perf t:perfolio t:options"
                 " v:flags v:wall_ns d:clock v:first_ns v:span_ns v:processes v:threads v:samples v:unused"
                 " v:no_increase v:lost_events v:lost_samples")
    r["stacks"] = dict(zip(STACKS, s.list(s.varint)))
    return r


def read_positions(lists, code):
    """A dictionary for each position: its list, and where it is."""
    code_of = lambda: code.fields("v:kind t:object t:build_id t:symbol v:start v:size v:machine t:path v:at")
    pieces = code.list(code_of)
    for piece in pieces:
        piece["kind"] = PIECES[piece["kind"]]
    lines = code.list(lambda: code.list(lambda: code.fields("t:file v:line v:declared")))
    piece_of = [code.varint() for _ in lists]
    addresses = list(itertools.accumulate(code.difference() for _ in lists))
    flags = [code.varint() for _ in lists]
    lines_of = [code.varint() for _ in lists]
    positions = []
    for i, functions in enumerate(lists):
        gap = GAPS[code.varint()]
        positions.append({
            "list": functions, "piece": pieces[piece_of[i] - 1] if piece_of[i] else None,
            "address": addresses[i] % 2**64, "exact": bool(flags[i] & 1),
            "lines": lines[lines_of[i] - 1] if lines_of[i] else None,
            "gap": gap, "opcode": "" if gap else code.text(),
        })
    return positions


def read_tree(s, n_tasks, n_positions):
    """By node but the root: its parent, and (of the root's children) its task or its position."""
    n = s.varint()
    path, parents = [0], [None]
    for node in range(1, n + 1):
        up = s.varint()
        if up:
            del path[-up:]
        parents.append(path[-1])
        path.append(node)
    whats = [None] + [s.varint() for _ in range(n)]
    for node in range(1, n + 1):
        assert whats[node] < (n_positions if parents[node] else n_tasks)
    return parents, whats


def read_costs(s, n_events, n_nodes):
    """{(node, event): (samples, weight)}"""
    usual = [s.varint() for _ in range(n_events)]
    nodes = [node for node in range(n_nodes) for _ in range(s.varint())]
    events = [s.varint() for _ in nodes]
    samples = [s.varint() for _ in nodes]
    weights = [(s.difference() + n * usual[e]) % 2**64 for n, e in zip(samples, events)]
    return dict(zip(zip(nodes, events), zip(samples, weights)))


def column(s, n, before=None):
    """n varints; or numbers, each as its difference from the one before it."""
    values = []
    for _ in range(n):
        if before is None:
            values.append(s.varint())
        else:
            before = (before + s.difference()) % 2**64
            values.append(before)
    return values


def read_memory(s):
    """Accesses to memory, with what they are of."""
    names = s.list(s.text)
    m = s.fields("v:recorded v:left_out")
    m["recordings"] = s.list(lambda: names[s.varint()])
    m["sources"] = s.list(lambda: s.fields("v:event v:data_src"))
    m["objects"] = s.list(lambda: {"kind": s.varint(), "name": names[s.varint()]})
    m["threads"] = s.list(lambda: {**s.fields("v:recording v:pid v:tid"), "comm": names[s.varint()]})
    n = s.varint()
    columns = {"recording": column(s, n), "addr": column(s, n, 0), "phys": column(s, n, 0)}
    columns.update({name: column(s, n) for name in ("page", "pid_1", "space", "object")})
    m["lines"] = [dict(zip(columns, row)) for row in zip(*columns.values())]
    n = s.varint()
    names = ("node", "source", "object", "thread", "line_1", "offset", "latency", "weight2", "weight3", "more")
    columns = {name: column(s, n) for name in names}
    m["accesses"] = [dict(zip(columns, row)) for row in zip(*columns.values())]
    node = 0
    for access in m["accesses"]:
        node = access["node"] = node + access["node"]
    return m


def read(path):
    with open(path, "rb") as f:
        sections = sections_of(f.read())
    s = Section(sections.pop("TEXT"))
    texts = s.list(s.bytes)
    s.done()
    assert texts[0] == "" and texts == sorted(texts, key=lambda t: t.encode(errors="surrogateescape"))
    read_by = {tag: Section(data, texts) for tag, data in sections.items()}
    s = read_by["WHOL"]
    p = s.fields("v:keys v:flags")
    s = read_by["SRCE"]
    p["recordings"] = s.list(lambda: read_recording(s))
    for recording in p["recordings"]:
        recording["command"] = s.text()
    s = read_by["EVNT"]
    p["events"] = s.list(lambda: s.fields(
        "t:name t:unit v:flags v:place v:recordings v:filtered_samples v:filtered_weight v:type v:config v:config1"
        " v:config2 v:config3 v:bp_type v:sample_period v:attr_flags v:max_stack v:stack_user"))
    for event in p["events"]:
        event.update(s.fields("v:enabled_ns v:running_ns"))
    t = read_by["TASK"]
    p["tasks"] = t.list(lambda: t.fields("t:host t:recording t:comm t:process v:pid v:tid v:cpu_1 v:flags v:first_ns v:span_ns"))
    p["spaces"] = t.list(lambda: t.fields("v:task v:space v:flags v:samples"))
    f = read_by["FUNC"]
    p["functions"] = f.list(lambda: f.fields("v:kind v:flags t:name t:symbol t:module t:file t:object v:line"))
    lists = read_by["LIST"]
    p["lists"] = lists.list(lambda: lists.list(lists.varint))
    p["files"] = read_by["FILE"].list(read_by["FILE"].text)
    q = read_by["PROB"]
    p["problems"] = q.list(lambda: q.fields("t:kind v:flags v:place v:recordings v:count t:subject t:message t:where"))
    if "POSN" in read_by:
        p["positions"] = read_positions(read_by["POSN"].list(read_by["POSN"].varint), read_by["CODE"])
    else:
        p["positions"] = [{"list": i} for i in range(len(p["lists"]))]
    p["parents"], p["whats"] = read_tree(read_by["TREE"], len(p["tasks"]), len(p["positions"]))
    p["costs"] = read_costs(read_by["COST"], len(p["events"]), len(p["parents"]))
    if "MEMO" in read_by:
        p["memory"] = read_memory(read_by["MEMO"])
    for tag, section in read_by.items():
        section.done()
    return p


def totals(p):
    """{(name, symbol, file, object, event): (self samples, total samples)}, frames without inlined ones."""
    result = {}
    for (node, event), (samples, _) in p["costs"].items():
        seen, leaf = set(), True
        while p["parents"][node]:
            function = p["lists"][p["positions"][p["whats"][node]]["list"]][0]
            own, total = result.get((function, event), (0, 0))
            result[function, event] = (own + leaf * samples, total + (function not in seen) * samples)
            seen.add(function)
            node, leaf = p["parents"][node], False
    return {
        (*(p["functions"][f][k] for k in ("name", "symbol", "file", "object")), p["events"][e]["name"]): v
        for (f, e), v in result.items()
    }


if __name__ == "__main__":
    found = read(sys.argv[1])
    found["costs"] = [[*where, *cost] for where, cost in found["costs"].items()]
    json.dump(found, sys.stdout, indent=1)
    print()
