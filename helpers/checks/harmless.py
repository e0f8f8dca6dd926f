"""What may be run in changed form: only what is surely harmless, and not for long.

That is arithmetic, tensors and lists of the function's own, and other functions that are as
harmless. A changed function that could write, delete or change what is the reader's is never run.
"""

import ast
import builtins
import operator
import re
import sys
import types

from helpers.checks.source import source_of


def _words(text):
    return set(text.split())


_BUILTINS = _words("""
    abs all any bool complex dict divmod enumerate filter float hasattr int isinstance iter len list
    map max min next pow print range repr reversed round set slice sorted str sum tuple type zip
    ValueError TypeError Exception
""")
_MODULES = _words("torch numpy math cmath random itertools functools copy operator")
_NEVER = _words("""
    save load savetxt loadtxt genfromtxt savez savez_compressed tofile fromfile memmap dump dumps
    manual_seed seed set_state set_default_dtype set_default_device set_grad_enabled set_num_threads
    set_printoptions hub compile jit system unlink rmtree os sys io subprocess shutil builtins
    importlib platform pathlib ctypes inspect threading multiprocessing distributed socket
""")
"""Attributes that write, that change settings, or that lead out of what only computes."""
_CHANGES = _words("append extend insert pop clear update remove sort reverse step backward")
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
            reaches_in = n.attr in _NEVER or n.attr.startswith("_")
            return not reaches_in and (not changes or self._is_own(n.value))
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
            return name in _BUILTINS or not hasattr(builtins, name)
        value = self.names[name]
        if isinstance(value, types.ModuleType):
            return value.__name__.split(".")[0] in _MODULES
        if isinstance(value, types.FunctionType):
            module = str(getattr(value, "__module__", "")).split(".")[0]
            return module in _MODULES or module == "helpers" or is_harmless(value, self.seen)
        if callable(value) and not hasattr(value, "parameters"):
            module = str(getattr(value, "__module__", "") or "").split(".")[0]
            return module in _MODULES or (module == "builtins" and name in _BUILTINS)
        if hasattr(value, "step") or hasattr(value, "parameters"):
            return False
        return not getattr(value, "requires_grad", False)


def _root(node):
    """The name at the beginning of w.grad.data[0]; None where there is no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


# --- Running it ----------------------------------------------------------------------------


MOST_BITS = 10_000


class TooLongError(BaseException):
    """A changed function did not end soon; no except clause of the reader's stops this."""


class Watchdog:
    """Ends what runs for more than so many lines of Python, or grows huge integers in a loop.

    Used as a context.
    """

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
        if frame.f_code.co_filename != "<changed>":
            return self._trace if event == "call" else None
        if any(type(n) is int and n.bit_length() > MOST_BITS for n in frame.f_locals.values()):
            raise TooLongError
        return self._trace


def has_a_loop(source):
    """Whether a function repeats lines, so that a change may make them go on and on."""
    loops = (ast.While, ast.For, ast.comprehension)
    return any(isinstance(n, loops) for n in ast.walk(source.node))


def never_ends_in_one_line(source):
    """Whether one line of a changed function may run on where no Watchdog can see it."""
    used = {getattr(n, "attr", getattr(n, "id", None)) for n in ast.walk(source.node)}
    return bool(used & {"count", "cycle", "repeat", "iter"})


MOST_POWER = 10**6


def is_small(text):
    """Whether no power of plain numbers in a function's text is too large to be waited for."""
    if not _POWER_OF_A_NUMBER.search(text):  # most have none, and this finds out at once
        return True
    powers = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.BinOp))
    return all(_power(n) <= MOST_POWER for n in powers if isinstance(n.op, ast.Pow))


_POWER_OF_A_NUMBER = re.compile(r"(?<!\w)\d[\w.]*[)\s\\]*\*\*")


def _power(node):
    """How large a power of plain numbers is; 0 where it is made of anything else."""
    if any(not isinstance(n, _PLAIN) for n in ast.walk(node)):
        return 0
    try:
        return abs(_value(node))
    except (ArithmeticError, ValueError, TypeError):
        return float("inf")


_PLAIN = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.operator, ast.unaryop)
_VALUES = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def _value(node):
    """In floats, which overflow and do not grow."""
    if isinstance(node, ast.Constant):
        return float(node.value)
    if isinstance(node, ast.UnaryOp):
        return _value(node.operand) * (-1 if isinstance(node.op, ast.USub) else 1)
    work = _VALUES.get(type(node.op), lambda one, other: one)
    return work(_value(node.left), _value(node.right))
