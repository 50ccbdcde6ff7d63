"""What Python itself says of the definitions in sources; runs in the Python that is asked (3.8 to 3.15).

usage: python_oracle.py < PATHS

Answers a line of JSON for each path: [nodes, codes], or null where Python does not compile the file.

nodes  from ast: [kind, first line (of the first decorator), line, end line, column] of each definition that is evaluated
codes  from compile(): [qualified name, first line] of each code object; no qualified names before 3.11
"""

import ast
import json
import sys
import types
import warnings

MINOR = sys.version_info[1]

KINDS = {
    "FunctionDef": "function",
    "AsyncFunctionDef": "async function",
    "ClassDef": "class",
    "Lambda": "lambda",
    "GeneratorExp": "generator expression",
    "ListComp": "list comprehension",
    "SetComp": "set comprehension",
    "DictComp": "dict comprehension",
    "TypeAlias": "type alias",
}

if MINOR >= 12:  # they are inlined, with exceptions that only compile() knows
    for name in ("ListComp", "SetComp", "DictComp"):
        del KINDS[name]


def has_future_annotations(tree):
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and any(a.name == "annotations" for a in node.names)
        for node in tree.body
    )


def is_evaluated(node, in_function, future):
    """The annotation of a variable."""
    if in_function or future:
        return False
    return MINOR < 14 or bool(node.simple)


def children(node, in_function, future):
    for name in node._fields:
        value = getattr(node, name, None)
        if not isinstance(value, (list, ast.AST)):
            continue
        if name == "annotation" and isinstance(node, ast.AnnAssign) and not is_evaluated(node, in_function, future):
            continue
        if future and name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.expr_context):
                continue
            if isinstance(child, ast.AST):
                yield name, child


def nodes_of(tree):
    future = has_future_annotations(tree)
    found = []
    todo = [(tree, False)]
    while todo:
        node, in_function = todo.pop()
        kind = KINDS.get(type(node).__name__)
        if kind:
            decorators = getattr(node, "decorator_list", None)
            first = decorators[0].lineno if decorators else node.lineno
            found.append([kind, first, node.lineno, node.end_lineno, node.col_offset])
        for name, child in children(node, in_function, future):
            inside = in_function
            if name == "body" and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                inside = True
            elif name == "body" and isinstance(node, ast.ClassDef):
                inside = False
            todo.append((child, inside))
    return found


def codes_of(code):
    found = []
    todo = [code]
    while todo:
        code = todo.pop()
        found.append([getattr(code, "co_qualname", code.co_name), code.co_firstlineno])
        todo += [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return found


def answer(path):
    try:
        with open(path, "rb") as f:
            source = f.read()
        tree = ast.parse(source)
        return [nodes_of(tree), codes_of(compile(tree, path, "exec", dont_inherit=True))]
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError, OSError):
        return None


def main():
    warnings.simplefilter("ignore")
    for path in sys.stdin.read().splitlines():
        print(json.dumps(answer(path)), flush=True)


if __name__ == "__main__":
    main()
