"""The places of a module where one operator, constant or argument is changed.

A change is of the syntax tree, and is written over the very characters of that
expression, so that line numbers stay.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
from collections.abc import Iterator

_OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
# What tells a person something; a changed word is no changed behaviour.
_TOLD = ("logging", "print", "warn", "parser", "UserError")
# Their arguments may stand in either order.
_COMMUTATIVE = (
    "tf.math.squared_difference",
    "tf.maximum",
    "tf.minimum",
)


@dataclasses.dataclass(frozen=True)
class Mutation:
    """One change.

    Attributes:
        line: where the expression begins.
        start: its first character in the source.
        end: the character behind its last.
        before: the expression.
        after: what stands there instead.
    """

    line: int
    start: int
    end: int
    before: str
    after: str

    def applied(self, source: str) -> str:
        """The changed source."""
        return source[: self.start] + self.after + source[self.end :]

    def __str__(self):
        return f"{self.line}: {_short(self.before)}  ->  {_short(self.after)}"


def of(source: str) -> list[Mutation]:
    """Every change that can be made to a module, in the order of its lines.

    Args:
        source: the module's text.
    """
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = source.splitlines()

    def offset(line, column):
        # Columns of the tree count bytes.
        before = lines[line - 1].encode()[:column].decode()
        return starts[line - 1] + len(before)

    found = []
    for node in _expressions(ast.parse(source)):
        start = offset(node.lineno, node.col_offset)
        end = offset(node.end_lineno, node.end_col_offset)
        for changed in _changes(node):
            text = f"({ast.unparse(changed)})"
            found.append(
                Mutation(node.lineno, start, end, source[start:end], text)
            )
    return sorted(found, key=lambda m: (m.start, m.end, m.after))


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that are computed, without types and what is told."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_told(child):
                continue
            if isinstance(child, ast.JoinedStr) or _is_check(child):
                continue
            if isinstance(child, ast.expr):
                yield child
            yield from _expressions(child)


def _is_told(node):
    if isinstance(node, ast.Raise):
        return True
    if isinstance(node, ast.If):
        # `if __name__ == "__main__"`, `if TYPE_CHECKING`.
        return isinstance(node.test, ast.Compare) and "__main__" in ast.unparse(
            node.test
        )
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).split(".")[0] in _TOLD


def _is_check(node):
    """Whether it is the `strict=True` of `zip`."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _changes(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions that may stand where this one does."""
    if isinstance(node, ast.BinOp):
        if type(node.op) in _OPERATORS and not _is_text(node):
            yield _with(node, op=_OPERATORS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=_OPERATORS[type(node.op)]())
    elif isinstance(node, ast.Compare):
        operator = _OPERATORS[type(node.ops[0])]()
        yield _with(node, ops=[operator, *node.ops[1:]])
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not | ast.USub):
            yield node.operand
    elif isinstance(node, ast.IfExp):
        yield _with(node, body=node.orelse, orelse=node.body)
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node.value)
    elif isinstance(node, ast.Call):
        yield from _other_arguments(node)


def _is_text(node):
    """Whether strings are put together."""
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def _other_constants(value):
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, float):
        # Neither 0 nor 1 stays what it is.
        yield ast.Constant(value * 1.5 + (0.5 if value in (0, 1) else 0))


def _other_arguments(call):
    """One named argument less; two neighbouring arguments swapped.

    Not where that would change nothing.
    """
    for index, keyword in enumerate(call.keywords):
        rest = call.keywords[:index] + call.keywords[index + 1 :]
        if not _is_check(keyword):
            yield _with(call, keywords=rest)
    plain = not any(isinstance(a, ast.Starred) for a in call.args)
    plain = plain and ast.unparse(call.func) not in _COMMUTATIVE
    for index in range(len(call.args) - 1 if plain else 0):
        swapped = list(call.args)
        swapped[index : index + 2] = swapped[index + 1], swapped[index]
        if ast.dump(swapped[index]) != ast.dump(swapped[index + 1]):
            yield _with(call, args=swapped)


def _short(text):
    text = " ".join(text.split())
    return text if len(text) < 100 else f"{text[:48]} ... {text[-47:]}"


def _with(node, **fields):
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
