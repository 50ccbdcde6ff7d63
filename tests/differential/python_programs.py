"""Programs in Python made up at random: every kind of definition within every other, laid out in odd ways."""

import random


class Writer:
    """One program; each seed gives always the same."""

    def __init__(self, seed, minor):
        self.random = random.Random(seed)
        self.minor = minor
        self.names = 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def name(self):
        self.names += 1
        return self.pick("a", "match", "type", "lambda_", "forest", "\u00e9t\u00e9", "_case") + str(self.names)

    # ---- expressions; `d` is how deep they may go on ------------------------------------------

    def space(self):
        """Between tokens in a bracket."""
        return self.pick("", "", "", " ", "\n", " # )]}'\n  ", "\\\n", "\t")

    def expression(self, d):
        if d <= 0:
            return self.pick("x", "1", "'s'", "None", "x.y", "b'''\n'''", "-x", "...", '"\\""', "1.5e3", "0x1f")
        return self.pick(
            self.lambda_, self.lambda_, self.comprehension, self.comprehension, self.call, self.ternary, self.group,
            self.display, self.subscript, self.f_string, self.operation, self.walrus,
        )(d - 1)

    def atom(self, d):
        """An expression that can stand anywhere."""
        return "(" + self.space() + self.expression(d) + self.space() + ")"

    def lambda_(self, d):
        parts = [self.name() + (f"={self.expression(d - 1)}" if self.chance(50) else "") for _ in range(self.random.randrange(3))]
        parts.sort(key=lambda p: "=" in p)
        if self.chance(20):
            parts.append(f"*{self.name()}")
        return f"lambda {', '.join(parts)}:{self.pick('', ' ')}{self.expression(d)}"

    def clauses(self, d):
        text = f" for {self.pick('x', 'x, y', '(x, *y)')} in {self.atom(d)}"
        while self.chance(40):
            text += self.pick(f" if {self.atom(d)}", f" for y in {self.atom(d)}", f"\n if {self.atom(d)}")
        return text

    def comprehension(self, d):
        element = self.expression(d)
        if self.chance(25):
            return "{" + f"{element}: {self.expression(d)}{self.clauses(d)}" + "}"
        a, b = self.pick("()", "()", "[]", "{}")
        return a + self.space() + element + self.clauses(d) + self.space() + b

    def call(self, d):
        if self.chance(30):
            return f"f({self.expression(d)}{self.clauses(d)})"
        return f"f({self.space()}{self.expression(d)},{self.space()} *{self.atom(d)}, k={self.expression(d)})"

    def ternary(self, d):
        return f"{self.atom(d)} if {self.atom(d)} else {self.expression(d)}"

    def group(self, d):
        return self.atom(d)

    def display(self, d):
        return self.pick(
            f"[{self.expression(d)},{self.space()}{self.expression(d)}]",
            f"({self.expression(d)},)",
            "{" + f"{self.expression(d)}: {self.expression(d)}, **x" + "}",
        )

    def subscript(self, d):
        return f"x[{self.expression(d)}:{self.expression(d)}]"

    def operation(self, d):
        return f"{self.atom(d)} {self.pick('+', '==', 'is not', 'in', '<=', '**', '@', 'and')} {self.atom(d)}"

    def walrus(self, d):
        return self.group(d)

    def f_string(self, d):
        quote = self.pick("'", '"', "'''", '"""')
        inside = self.expression(d if self.minor >= 12 else 0)
        if self.minor < 12:
            inside = "x"
        form = self.pick("", "!r", "=", ":>{(" + inside + ")}", ":%H")
        return self.pick("f", "F", "rf", "fR") + quote + "a{{" + "{(" + inside + ")" + form + "}" + quote

    # ---- statements ----------------------------------------------------------------------------

    def type_parameters(self, d):
        if self.minor < 12 or not self.chance(30):
            return ""
        bound = f": {self.atom(d)}" if self.chance(50) else ""
        default = f" ={self.space()}{self.expression(d)}" if self.minor >= 13 and self.chance(40) else ""
        return f"[T{self.space()}{bound}{default}]"

    def parameters(self, d):
        parts = []
        for _ in range(self.random.randrange(3)):
            annotation = f": {self.expression(d)}" if self.chance(30) else ""
            parts.append(f"{self.name()}{annotation}={self.expression(d)}")
        if self.chance(20):
            parts.append(f"*{self.name()}: {self.expression(d)}")
        return ("," + self.space()).join(parts)

    def decorators(self, indent, d):
        text = ""
        while self.chance(30):
            text += f"{indent}@{self.pick(self.atom(d), 'x.y', 'f(' + self.expression(d) + ')')}\n"
            text += self.pick("", "\n", f"{indent}  # class\n")
        return text

    def suite(self, indent, d, body):
        """What follows a ':', up to the line's end."""
        if d <= 0 or self.chance(20):
            return f"{self.pick('', ' ')}{self.simple(d)}{self.pick('', ';', '; y = ' + self.expression(d))}\n"
        inner = indent + self.pick(" ", "    ", "\t")
        return self.pick("", " # c") + "\n" + self.pick("", "\n", "# d\n") + body(inner, d - 1)

    def statements(self, indent, d):
        return "".join(self.statement(indent, d) for _ in range(self.random.randrange(1, 4)))

    def function_body(self, indent, d):
        if not self.chance(25):
            return self.statements(indent, d)
        text = f"{indent}global g1, g2\n{self.statements(indent, d)}"
        return text + f"{indent}{self.pick('def g1():', 'class g2:')}" + self.suite(indent, d, self.statements)

    def simple(self, d):
        target = self.pick("x", "x.y", "x[0]", "(x)")
        choices = [
            self.expression(d),
            f"x = {self.expression(d)}",
            f"x += {self.expression(d)}",
            f"{target}: {self.expression(d)}",
            f"{target}: {self.expression(d)} = {self.expression(d)}",
            f"assert {self.expression(d)}, {self.expression(d)}",
            "pass",
        ]
        if self.minor >= 12:
            parameters = self.type_parameters(d)
            choices.append(f"type {self.name()}{parameters} = {self.expression(d)}")
        return self.pick(*choices)

    def definition(self, indent, d):
        if self.chance(30):
            bases = self.pick("", "()", f"({self.expression(d)}, k={self.expression(d)})")
            head = f"class {self.name()}{self.type_parameters(d)}{bases}:"
            body = self.statements
        else:
            returns = f" -> {self.expression(d)}" if self.chance(20) else ""
            head = f"{self.pick('def', 'def', 'async def')} {self.name()}{self.type_parameters(d)}({self.parameters(d)}){returns}:"
            body = self.function_body
        return self.decorators(indent, d) + indent + head + self.suite(indent, d, body)

    def compound(self, indent, d):
        head = self.pick(
            f"if {self.expression(d)}:", f"while {self.expression(d)}:", f"for x in {self.atom(d)}:",
            f"with {self.atom(d)} as x:", "match",
        )
        if head == "match":
            inner = indent + "  "
            return (
                f"{indent}match {self.expression(d)}:\n{inner}case x if {self.expression(d)}:"
                + self.suite(inner, d, self.statements)
            )
        text = indent + head + self.suite(indent, d, self.statements)
        if head.startswith(("if", "while", "for")) and self.chance(30):
            text += f"{indent}else:" + self.suite(indent, d, self.statements)
        return text

    def statement(self, indent, d):
        blank = self.pick("", "", "\n", "# def f():\n", "   \n", "\f\n")
        if d > 0 and self.chance(55):
            return blank + self.definition(indent, d)
        if d > 0 and self.chance(50):
            return blank + self.compound(indent, d)
        return blank + f"{indent}{self.simple(d)}\n"


def program(seed, minor):
    w = Writer(seed, minor)
    text = w.pick("", "'''doc'''\n", "from __future__ import annotations\n" if seed % 5 == 0 else "")
    text += "".join(w.statement("", 3) for _ in range(4))
    return text.replace("\n", w.pick("\n", "\n", "\r\n"))
