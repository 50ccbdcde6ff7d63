"""`make bench`: a recording's profile file: how small it is, and what it takes to write and to read."""

import os

from measure import REPORT, in_turns, median, met, ratios, spread

SMALLEST_SHARE = 100  # the file is at most that part of the recording


def print_profile(bench, path, made):
    profile = os.path.join(os.path.dirname(path), "bench.perfolio")
    report = bench.perfolio_command(REPORT, path)
    save = bench.perfolio_command(["save", "-o", profile], path)
    pairs = in_turns(bench, report, save, bench.rounds)
    if not pairs:
        return
    size = os.path.getsize(profile)
    share = made["bytes"] / size
    more = [100 * (r - 1) for r in ratios(pairs, "cpu")]
    print(f"  save                   CPU {spread([b.cpu for _, b in pairs])} s,"
          f" {spread(more, 0)} % more than report; {median([b for _, b in pairs], 'peak'):.0f} MiB;"
          f" {size:,} bytes, 1/{share:.0f} of the recording"
          f" (at most 1/{SMALLEST_SHARE}{met(bench, share >= SMALLEST_SHARE, ': ')})")
    pairs = in_turns(bench, report, bench.perfolio_command(REPORT, profile), bench.rounds)
    if pairs:
        print(f"  report of that file    CPU {spread([b.cpu for _, b in pairs], 3)} s,"
              f" {median([b for _, b in pairs], 'peak'):.0f} MiB")
    os.remove(profile)
