"""What may be run in changed form: only what is surely harmless, and not for long.

That is arithmetic, tensors and lists of the function's own, and other functions that are as
harmless. A changed function that could write, delete or change what is the reader's is never run.
"""

import ast
import builtins
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
