"""The reader's own source: where it stands, and the same function made again from other text."""

import ast
import copy
import inspect
import linecache
import types
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch

_CHANGEABLE = (torch.Tensor, np.ndarray, list, dict, set)


@dataclass(frozen=True)
class Spot:
    """A place in the reader's own source.

    Attributes:
        line: its number, counted from 1, in the cell or file.
        text: that line as it stands.
        start, end: the columns of the place in it, from 0; the end is the first one behind it.
    """

    line: int
    text: str
    start: int
    end: int

    def __str__(self):
        text = self.text.rstrip()
        indent = len(text) - len(text.lstrip())
        width = max(1, min(self.end, len(text)) - self.start)
        return f"line {self.line}:  {text[indent:]}\n{self.caret_indent(indent)}{'^' * width}"

    def caret_indent(self, indent):
        return " " * (len(f"line {self.line}:  ") + self.start - indent)


@dataclass(frozen=True)
class Source:
    """The text of a function, from def or lambda on.

    Attributes:
        function: the function.
        node: its syntax tree, with lines and columns (in bytes) as in the cell or file.
        data: the bytes of that text.
        lines: the lines of the whole cell or file.
    """

    function: types.FunctionType
    node: ast.AST
    data: bytes
    lines: tuple[str, ...]

    def offset(self, line, column):
        """Where a line and a column (in bytes) of the cell or file are in ``data``."""
        before = self.lines[self.node.lineno - 1 : line - 1]
        skipped = sum(len(one.encode()) for one in before)
        return skipped + column - self.node.col_offset

    def begin(self, node):
        return self.offset(node.lineno, node.col_offset)

    def end(self, node):
        return self.offset(node.end_lineno, node.end_col_offset)

    def spot(self, begin, end):
        """The Spot of a part of ``data``; of one on several lines, what is on the first."""
        line = self.node.lineno + self.data.count(b"\n", 0, begin)
        text = self.lines[line - 1].rstrip("\n")
        first = self.data.rfind(b"\n", 0, begin) + 1
        shift = self.node.col_offset if line == self.node.lineno else 0
        columns = [len(self.data[first:place].decode()) for place in (begin, end)]
        lead = len(text.encode()[:shift].decode()) if shift else 0
        return Spot(line, text, columns[0] + lead, min(columns[1] + lead, len(text)))

    def made_from(self, data):
        """The function made from other bytes; SyntaxError where they are no Python.

        It works on copies of the tensors, lists and the like that it has from outside.
        """
        name = "_made_again"
        if isinstance(self.node, ast.Lambda):
            text = f"{name} = {data.decode()}"
        else:
            text = data.decode().replace(f"def {self.node.name}", f"def {name}", 1)
        names = self.names
        read = self._read & names.keys()
        names |= {n: _copied(names[n]) for n in read if isinstance(names[n], _CHANGEABLE)}
        exec(compile(text, "<changed>", "exec"), names)
        return names.pop(name)

    @cached_property
    def _read(self):
        return {n.id for n in ast.walk(self.node) if isinstance(n, ast.Name)}

    @property
    def names(self):
        """The names that the function may use from outside it."""
        return {**self.function.__globals__, **inside_names(self.function)}


def _copied(value):
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    try:
        return copy.deepcopy(value)
    except RuntimeError:  # a list of tensors that torch has computed
        return None


def inside_names(function):
    """The names that a function has from the function around it."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return found


def source_of(function):
    """The Source of a function that was written in a cell or a file, or None."""
    if not isinstance(function, types.FunctionType):
        return None
    try:
        file = inspect.getsourcefile(function) or function.__code__.co_filename
        lines = tuple(linecache.getlines(file, function.__globals__))
        tree = _tree("".join(lines))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    first = function.__code__.co_firstlineno
    found = [node for line, node in tree if line == first and _fits(node, function)]
    if len(found) != 1:
        return None
    (node,) = found
    text = _segment(lines, node)
    return Source(function, node, text, lines) if text else None


@lru_cache(maxsize=8)
def _tree(text):
    """(first line, node) of every function in a cell or file; the nodes without decorators."""
    kinds = (ast.FunctionDef, ast.Lambda)
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, kinds):
            decorators = getattr(node, "decorator_list", [])
            found.append((min([node.lineno, *(d.lineno for d in decorators)]), node))
            decorators.clear()
    return found


def _fits(node, function):
    """Whether the code of a node is that of a function: two lambdas may share a line."""
    if isinstance(node, ast.FunctionDef):
        return node.name == function.__code__.co_name
    if function.__code__.co_name != "<lambda>":
        return False
    code = compile(ast.Expression(node), "", "eval").co_consts[0]
    own = function.__code__
    return code.co_code == own.co_code and code.co_consts == own.co_consts


def _segment(lines, node):
    rows = [line.encode() for line in lines[node.lineno - 1 : node.end_lineno]]
    if not rows:
        return b""
    rows[-1] = rows[-1][: node.end_col_offset]
    rows[0] = rows[0][node.col_offset :]
    return b"".join(rows)
