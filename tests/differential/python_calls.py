"""Which lines call which functions in a program: as Python's own profiling hook sees it; runs in the Python that is asked.

usage: python_calls.py MODULE...

Imports each module and runs its tests, if it has some, and prints for each pair of a caller and a callee a line of JSON:
[caller, file, callee, file, [lines]], with qualified names.
"""

import json
import os
import sys
import unittest

calls = {}
own = os.path.abspath(__file__)


def seen(frame, event, _):
    back = frame.f_back
    if event != "call" or back is None:
        return
    code, caller = frame.f_code, back.f_code
    if code.co_filename[0] == "<" or caller.co_filename[0] == "<" or own in (code.co_filename, caller.co_filename):
        return
    key = (caller.co_qualname, caller.co_filename, code.co_qualname, code.co_filename)
    calls.setdefault(key, set()).add(back.f_lineno)


def main():
    out = sys.stdout
    sys.stdout = sys.stderr = open(os.devnull, "w")
    for name in sys.argv[1:]:
        sys.setprofile(seen)
        try:
            tests = unittest.defaultTestLoader.loadTestsFromName(name)
            unittest.TextTestRunner(stream=sys.stderr).run(tests)
        except (Exception, SystemExit):
            pass
        finally:
            sys.setprofile(None)
    for key, lines in sorted(calls.items()):
        print(json.dumps([*key, sorted(lines)]), file=out)


if __name__ == "__main__":
    main()
