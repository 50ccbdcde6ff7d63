"""A validator for the part of JSON Schema (draft 7) that doc/schema uses.

Stricter than the standard in two ways: a word that is not known here is an error of the schema, and a field that an
object's schema does not describe is one of the document.
"""

import re

ANNOTATIONS = {"$schema", "$id", "title", "description", "definitions"}
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}


class SchemaError(Exception):
    """The schema says what this module does not understand."""


def complaints(schema, document):
    """What is wrong with the document, as texts."""
    return list(_check(schema, schema, document, "$"))


def _resolve(root, reference):
    prefix = "#/definitions/"
    if not reference.startswith(prefix) or reference[len(prefix) :] not in root.get("definitions", {}):
        raise SchemaError(f"what is {reference}?")
    return root["definitions"][reference[len(prefix) :]]


def _same(a, b):
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _check(root, schema, value, where):
    if "$ref" in schema:
        yield from _check(root, _resolve(root, schema["$ref"]), value, where)
        return
    for word, wanted in schema.items():
        if word in ANNOTATIONS:
            continue
        if word not in WORDS:
            raise SchemaError(f"{where}: '{word}' is not understood")
        yield from WORDS[word](root, schema, wanted, value, where)


def _type(root, schema, wanted, value, where):
    names = [wanted] if isinstance(wanted, str) else wanted
    if not any(TYPES[name](value) for name in names):
        yield f"{where}: {value!r} is no {' or '.join(names)}"


def _enum(root, schema, wanted, value, where):
    if not any(_same(value, w) for w in wanted):
        yield f"{where}: {value!r} is none of {wanted}"


def _const(root, schema, wanted, value, where):
    if not _same(value, wanted):
        yield f"{where}: {value!r} is not {wanted!r}"


def _minimum(root, schema, wanted, value, where):
    if TYPES["number"](value) and value < wanted:
        yield f"{where}: {value} is below {wanted}"


def _maximum(root, schema, wanted, value, where):
    if TYPES["number"](value) and value > wanted:
        yield f"{where}: {value} is above {wanted}"


def _pattern(root, schema, wanted, value, where):
    if isinstance(value, str) and not re.search(wanted, value):
        yield f"{where}: {value!r} does not match {wanted}"


def _min_items(root, schema, wanted, value, where):
    if isinstance(value, list) and len(value) < wanted:
        yield f"{where}: has {len(value)} items, not {wanted}"


def _items(root, schema, wanted, value, where):
    for i, item in enumerate(value if isinstance(value, list) else []):
        yield from _check(root, wanted, item, f"{where}[{i}]")


def _required(root, schema, wanted, value, where):
    if isinstance(value, dict):
        yield from (f"{where}: has no '{name}'" for name in wanted if name not in value)


def _properties(root, schema, wanted, value, where):
    for name, item in value.items() if isinstance(value, dict) else ():
        if name in wanted:
            yield from _check(root, wanted[name], item, f"{where}.{name}")
        elif "additionalProperties" not in schema:
            yield f"{where}: '{name}' is not described"


def _additional(root, schema, wanted, value, where):
    for name, item in value.items() if isinstance(value, dict) else ():
        if name not in schema.get("properties", {}):
            yield from _check(root, wanted, item, f"{where}.{name}")


WORDS = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _minimum,
    "maximum": _maximum,
    "pattern": _pattern,
    "minItems": _min_items,
    "items": _items,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
}
