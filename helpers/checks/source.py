"""The reader's own source: where it stands, and the same function made again from other text.

Only what is surely harmless is ever run in changed form: arithmetic, tensors and lists of the
function's own, and other functions that are as harmless. See ``is_harmless``.
"""

import ast
import builtins
import inspect
import linecache
import sys
import types
from dataclasses import dataclass
from functools import lru_cache


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
        """The function made from other bytes; SyntaxError where they are no Python."""
        name = "_made_again"
        if isinstance(self.node, ast.Lambda):
            text = f"{name} = {data.decode()}"
        else:
            text = data.decode().replace(f"def {self.node.name}", f"def {name}", 1)
        names = self.names
        exec(compile(text, "<changed>", "exec"), names)
        return names.pop(name)

    @property
    def names(self):
        """The names that the function may use from outside it."""
        return {**self.function.__globals__, **inside_names(self.function)}


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


# --- What may be run in changed form -------------------------------------------------------

_BUILTINS = {
    getattr(builtins, name)
    for name in [
        "abs",
        "all",
        "any",
        "bool",
        "complex",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "hasattr",
        "int",
        "isinstance",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "slice",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
        "ValueError",
        "TypeError",
        "Exception",
    ]
}
_MODULES = {
    "torch",
    "numpy",
    "math",
    "cmath",
    "random",
    "itertools",
    "functools",
    "copy",
    "operator",
}
_WRITES = set(
    [
        "save",
        "load",
        "savetxt",
        "loadtxt",
        "genfromtxt",
        "savez",
        "tofile",
        "fromfile",
        "memmap",
        "dump",
        "manual_seed",
        "seed",
        "set_default_dtype",
        "set_grad_enabled",
        "set_num_threads",
        "set_printoptions",
        "hub",
        "compile",
        "jit",
        "system",
        "__class__",
        "__globals__",
        "__dict__",
        "__builtins__",
        "__subclasses__",
        "__code__",
    ]
)
_CHANGES = set(
    [
        "append",
        "extend",
        "insert",
        "pop",
        "clear",
        "update",
        "remove",
        "sort",
        "reverse",
        "step",
        "backward",
    ]
)
MOST_REACHED = 12
"""How many other functions a harmless one may reach."""


def is_harmless(function, _seen=None):
    """Whether a function, changed a little, can do no more than compute.

    It may use its arguments, what it makes itself, harmless functions, and parts of torch, NumPy
    and Python that only compute. It may read other things, and change none of them.
    """
    seen = _seen if _seen is not None else set()
    if function in seen:
        return True
    seen.add(function)
    source = source_of(function)
    if source is None or len(seen) > MOST_REACHED:
        return False
    return _Reach(source, seen).harmless()


class _Reach:
    """What the source of a function reaches."""

    def __init__(self, source, seen):
        self.node, self.names, self.seen = source.node, source.names, seen
        every = list(ast.walk(self.node))
        self.every = every
        arguments = [a.arg for a in every if isinstance(a, ast.arg)]
        stored = [n.id for n in every if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        self.own = {*arguments, *stored, *self._imported()} - self._aliases()

    def _imported(self):
        found = [n for n in self.every if isinstance(n, (ast.Import, ast.ImportFrom))]
        return {a.asname or a.name.split(".")[0] for n in found for a in n.names}

    def _aliases(self):
        """Names that stand for something from outside: ``a = data``, ``a = data[0]``."""
        taken = set()
        for n in self.every:
            if isinstance(n, ast.Assign) and _root(n.value) in self.names:
                value = self.names[_root(n.value)]
                if not callable(value) and not isinstance(value, (int, float, str, tuple)):
                    taken |= {t.id for t in n.targets if isinstance(t, ast.Name)}
        return taken

    def harmless(self):
        forbidden = (ast.Global, ast.Nonlocal, ast.AsyncFunctionDef, ast.Await, ast.ClassDef)
        forbidden += (ast.Try, ast.Delete)
        return not any(isinstance(n, forbidden) for n in self.every) and all(
            self._node_is(n) for n in self.every
        )

    def _node_is(self, n):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id not in self.own:
            return self._name_is(n.id)
        if isinstance(n, ast.Attribute):
            changes = n.attr in _CHANGES or (n.attr.endswith("_") and not n.attr.endswith("__"))
            changes |= isinstance(n.ctx, ast.Store)
            return n.attr not in _WRITES and (not changes or self._is_own(n.value))
        if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store):
            return self._is_own(n.value)
        if isinstance(n, (ast.Import, ast.ImportFrom)):
            names = [n.module] if isinstance(n, ast.ImportFrom) else [a.name for a in n.names]
            return all(str(name).split(".")[0] in _MODULES for name in names)
        return True

    def _is_own(self, node):
        root = _root(node)
        return root is None or root in self.own

    def _name_is(self, name):
        if name not in self.names:
            return getattr(builtins, name, None) in _BUILTINS or not hasattr(builtins, name)
        value = self.names[name]
        if isinstance(value, types.ModuleType):
            return value.__name__.split(".")[0] in _MODULES
        if isinstance(value, types.FunctionType):
            module = str(getattr(value, "__module__", "")).split(".")[0]
            return module in _MODULES or module == "helpers" or is_harmless(value, self.seen)
        if callable(value) and not isinstance(value, type):
            module = str(getattr(value, "__module__", "") or "").split(".")[0]
            return module in {*_MODULES, "builtins", ""} and not hasattr(value, "parameters")
        if hasattr(value, "step") or hasattr(value, "parameters"):
            return False
        return not getattr(value, "requires_grad", False)


def _root(node):
    """The name at the beginning of w.grad.data[0]; None where there is no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


# --- Running it ----------------------------------------------------------------------------


class TooLongError(BaseException):
    """A changed function did not end soon; no except clause of the reader's stops this."""


class Watchdog:
    """Ends what runs for more than so many lines of Python. Used as a context."""

    def __init__(self, most_lines):
        self.left = most_lines

    def __enter__(self):
        self._before = sys.gettrace()
        sys.settrace(self._trace)

    def __exit__(self, *_):
        sys.settrace(self._before)

    def _trace(self, frame, event, _):
        self.left -= 1
        if self.left < 0:
            raise TooLongError
        return self._trace if frame.f_code.co_filename == "<changed>" or event == "call" else None


def may_not_end(function):
    """Whether a function has a loop whose end is not written in it."""
    source = source_of(function)
    names = {"while", "count", "cycle", "repeat", "iter"}
    return source is None or any(
        isinstance(n, ast.While)
        or (isinstance(n, ast.Attribute) and n.attr in names)
        or (isinstance(n, ast.Name) and n.id in names)
        for n in ast.walk(source.node)
    )
