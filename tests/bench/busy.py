"""A Python program for the benchmark to record: busy.py SECONDS

Uses the standard library in many ways for so many seconds of CPU time, in stacks of
different depth, the same work in the same order each time; prints its process id.
Runs with CPython 3.12 and later.
"""

import ast
import collections
import configparser
import copy
import csv
import datetime
import decimal
import difflib
import email.parser
import email.policy
import fractions
import heapq
import io
import json
import os
import pickle
import pprint
import random
import re
import shlex
import statistics
import string
import sys
import textwrap
import time
import tokenize
import urllib.parse
import xml.etree.ElementTree
import zlib

with open(ast.__file__, encoding="utf-8") as file:
    TEXT = file.read()[:20000]


def tree(depth):
    if depth == 0:
        return {"value": random.random()}
    return {"name": f"node {depth}", "children": [tree(depth - 1), tree(depth - 1)]}


def parse_json():
    json.loads(json.dumps(tree(6), indent=1))


def search():
    re.findall(r"(\w+)\s*=\s*(\w+)", TEXT)


def compile_pattern():
    letters = "|".join(random.choices(string.ascii_letters, k=40))
    re.compile(f"{letters}(a|b)*c{{{random.randint(1, 9999)}}}")


def parse_python():
    ast.dump(ast.parse(TEXT[:8000].rpartition("\ndef ")[0]))


def split_tokens():
    list(tokenize.generate_tokens(io.StringIO(TEXT[:6000].rpartition("\n")[0]).readline))


def add_decimals():
    return sum(decimal.Decimal(i) / 7 for i in range(400))


def add_fractions():
    return sum((fractions.Fraction(1, i) for i in range(1, 60)), fractions.Fraction(0))


def compare_lines():
    list(difflib.unified_diff(TEXT[:3000].splitlines(), TEXT[1000:4000].splitlines()))


def read_csv():
    list(csv.DictReader(io.StringIO("a,b,c\n" * 300)))


def read_settings():
    configparser.ConfigParser().read_string("[part]\nname = value\nother: %(name)s\n")


def deviation():
    statistics.stdev([random.random() for _ in range(200)])


def fill_paragraph():
    textwrap.fill(TEXT[:4000])


def smallest():
    heapq.nsmallest(10, (random.random() for _ in range(2000)))


def print_pretty():
    pprint.pformat(tree(4))


def compress():
    zlib.compress(TEXT.encode())


def store():
    pickle.loads(pickle.dumps(tree(6)))


def copy_deep():
    copy.deepcopy(tree(5))


def split_shell():
    shlex.split("word 'two words' more " * 40)


def parse_xml():
    xml.etree.ElementTree.fromstring("<a>" + "<b c='1'>text</b>" * 200 + "</a>")


def parse_mail():
    text = "From: a@b.c\nTo: d@e.f\nSubject: words of a mail\n\ntext"
    email.parser.Parser(policy=email.policy.default).parsestr(text).as_string()


def parse_query():
    for i in range(100):
        urllib.parse.parse_qs(f"a={i}&b=2&c=%20")


def count_words():
    collections.Counter(TEXT.split()).most_common(10)


def sort_by_key():
    sorted((random.random() for _ in range(2000)), key=lambda x: -x)


def add_days():
    day = datetime.datetime(2020, 1, 1)
    return [(day + datetime.timedelta(days=i)).isoformat() for i in range(300)]


WORK = [parse_json, search, compile_pattern, parse_python, split_tokens, add_decimals,
        add_fractions, compare_lines, read_csv, read_settings, deviation, fill_paragraph,
        smallest, print_pretty, compress, store, copy_deep, split_shell, parse_xml, parse_mail,
        parse_query, count_words, sort_by_key, add_days]


def nest(depth, work):
    """Do the work so many calls deeper."""
    if depth:
        nest(depth - 1, work)
    else:
        work()


def main(seconds):
    random.seed(1)
    print(os.getpid(), flush=True)
    while time.process_time() < seconds:
        nest(random.randrange(12), random.choice(WORK))


main(float(sys.argv[1]))
