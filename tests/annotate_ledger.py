"""What annotate's JSON comes to, as one account: each cost by what it is of, so that documents can be added and compared."""

import collections

COSTS = ("self", "total", "self_samples", "total_samples", "inlined_self", "inlined_self_samples", "inferred",
         "inferred_samples")
WHO = ("kind", "name", "symbol", "object", "function", "inlined", "file", "line", "address", "unknown", "family",
       "first_line")
LISTS = ("native", "sources", "lines", "instructions", "python", "definitions", "source", "categories", "natives",
         "calls", "opcodes")
MOVING = ("[kernel.kallsyms]", "[jit]")  # what lies elsewhere each time: its addresses count from its begin


def identity(item, level, code):
    """What is one in two documents.  Where a function begins, and whether there is code, may differ between them."""
    who = {key: item[key] for key in WHO if key in item}
    if level == "functions":
        who.pop("line")
    if level == "native":
        who["kind"] = "inlined" if who["kind"] == "inlined" else "code"
        who["size"] = int(item.get("end", "0"), 16) - int(item.get("start", "0"), 16)
    if level == "instructions":
        who["address"] = int(who["address"], 16) - (code[1] if code[0] in MOVING else 0)
    if level == "calls" and "not_placed" in item:
        who["line"] = 0
    return (level, *sorted(who.items()))


def is_kept(place, start, end):
    """Does a profile keep its addresses?  Not of what lies elsewhere each time, if it is not known where it begins."""
    return end or (place and place not in MOVING)


def add(ledger, item, level, path, events, code=None):
    if level == "native":
        code = (item["object"], int(item.get("start", "0"), 16), int(item.get("end", "0"), 16))
    path = (*path, identity(item, level, code))
    for field in COSTS:
        for event, number in zip(events, item.get(field, ())):
            if number:
                ledger[(*path, field, event)] += number
    for below in LISTS:
        inner = item.get(below, ())
        if below == "instructions" and code and not is_kept(*code):
            continue
        for one in [inner] if isinstance(inner, dict) else inner:
            add(ledger, one, below, path, events, code)


def ledger_of(document):
    """Each cost by what it is of."""
    ledger = collections.Counter()
    events = [e["name"] for e in document["events"]]
    for function in document["functions"]:
        add(ledger, function, "functions", (), events)
    return ledger


def differences(got, want):
    return [f"{key}: is {got[key]}, not {want[key]}" for key in sorted({*got, *want}, key=repr) if got[key] != want[key]]


def sum_of(ledgers):
    total = collections.Counter()
    for ledger in ledgers:
        total.update(ledger)
    return total
