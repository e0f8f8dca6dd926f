"""Names in a reader's function that do not stand for what the reader thinks."""

import ast
import re
from dataclasses import dataclass

from helpers.checks.errors import Finding
from helpers.checks.source import Spot, source_of


@dataclass(frozen=True)
class Place:
    """Where a name stands; as ``Located``, without an edit."""

    spot: Spot
    slug: str


def odd_names(function, arguments):
    """(Finding, Place) of a name from another cell, or of an argument that is lost; or None."""
    source = source_of(function)
    if source is None:
        return None
    body = source.node.body if isinstance(source.node.body, list) else [source.node.body]
    nodes = [node for one in body for node in ast.walk(one)]
    return (
        _decimal_comma(source)
        or _lost_argument(source, nodes, arguments)
        or _from_elsewhere(source, nodes)
    )


def decimal_comma(function):
    """(Finding, Place) of a decimal comma, or None."""
    source = source_of(function)
    return source and _decimal_comma(source)


def _said(source, begin, end, slug, hint):
    return Finding(slug, hint), Place(source.spot(begin, end), slug)


def _decimal_comma(source):
    match = re.search(rb"(?<![\w.,\[(])\d+,\d+(?![\w,])", source.data)
    if match is None:
        return None
    hint = "Python writes a decimal number with a point. A comma makes two values of it."
    return _said(source, *match.span(), "decimal-comma", hint)


def _lost_argument(source, nodes, arguments):
    """An argument whose name a loop takes for something else."""
    for node in nodes:
        if isinstance(node, ast.Assign) and _of_numbers_alone(node.value, source):
            for name in node.targets:
                if isinstance(name, ast.Name) and name.id in arguments:
                    span = source.begin(name), source.end(name)
                    return _said(source, *span, "lost-argument", _LOST.format(name.id))
        targets = ast.walk(node.target) if isinstance(node, (ast.For, ast.comprehension)) else ()
        for name in targets:
            if isinstance(name, ast.Name) and name.id in arguments:
                span = source.begin(name), source.end(name)
                return _said(source, *span, "lost-argument", _LOST.format(name.id))
    return None


_LOST = "Here {0} gets a new value, so what your function was called with under that name is lost."


def _of_numbers_alone(value, source):
    """Whether an expression is made of numbers, and of no name that stands for one."""
    names = [n.id for n in ast.walk(value) if isinstance(n, ast.Name)]
    numbers = any(isinstance(n, ast.Constant) for n in ast.walk(value))
    return numbers and all(hasattr(source.names.get(name), "__path__") for name in names)


def _from_elsewhere(source, nodes):
    """A name that is no argument and not made in the function: it has its value from elsewhere."""
    args = source.node.args
    own = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for node in nodes:
        if not isinstance(node, ast.Name) or node.id in own or node.id not in source.names:
            continue
        value = source.names[node.id]
        if callable(value) or hasattr(value, "__path__") or type(value).__name__ == "module":
            continue
        hint = (
            f"{node.id} is no argument of your function: it keeps the value that another cell "
            "gave it, whatever your function is called with."
        )
        span = source.begin(node), source.end(node)
        return _said(source, *span, "name-from-elsewhere", hint)
    return None
