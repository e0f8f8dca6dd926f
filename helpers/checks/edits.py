"""One edit away: the small changes to a reader's source that are tried, in the order of the table.

Where a change makes the answer right at every point, its place is where the mistake is. The reader
is shown that place and asked a question; the change itself is never shown. To add a kind of edit,
write what makes it (a function that yields ``Edit``) and a row in ``KINDS`` with its slug and its
question; and an answer that it mends into ``tests/checks/planted.py``.
"""

import ast
import io
import itertools
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from helpers.checks.source import Source


@dataclass(frozen=True)
class Edit:
    """Other bytes in the place of some of a source, and the place that is shown to the reader.

    ``inside`` says what the place is part of, where that matters: "condition" or "axis".
    """

    begin: int
    end: int
    text: bytes
    mark: tuple[int, int]
    kind: "Kind | None" = None
    inside: str = ""

    def applied(self, data):
        return data[: self.begin] + self.text + data[self.end :]


@dataclass(frozen=True)
class Kind:
    """A kind of edit: the slug of the mistake that it mends, and the question to the reader."""

    slug: str
    make: Callable
    question: str


@dataclass(frozen=True)
class View:
    """A reader's source, as the kinds of edits look at it.

    Attributes:
        source: the Source.
        arguments: the names of the loss's arguments.
        functions: what the loss uses of torch's functions: "tanh", "relu".
        loop: whether it is a training loop.
        slug: what is known of the mistake, or None.
    """

    source: Source
    arguments: tuple[str, ...]
    functions: frozenset = frozenset()
    loop: bool = False
    slug: str | None = None

    @cached_property
    def parents(self):
        pairs = ((c, n) for n in ast.walk(self.source.node) for c in ast.iter_child_nodes(n))
        return dict(pairs)

    @cached_property
    def roots(self):
        """The expressions in which edits are made: not those of decorators and defaults."""
        node = self.source.node
        return [node.body] if isinstance(node, ast.Lambda) else node.body

    @cached_property
    def nodes(self):
        return [node for root in self.roots for node in ast.walk(root)]

    @cached_property
    def expressions(self):
        kinds = (ast.BinOp, ast.Name, ast.Constant, ast.Call, ast.UnaryOp, ast.Attribute)
        kinds += (ast.Subscript, ast.Compare)
        return [n for n in self.nodes if isinstance(n, kinds) and self._is_value(n)]

    def _is_value(self, node):
        """Whether a node is a value that may be computed with, and no name of a function."""
        parent = self.parents.get(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            return False
        if isinstance(parent, ast.Attribute) and isinstance(node, ast.Name):
            return node.id in self.local
        if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
            return False
        return not isinstance(parent, (ast.keyword, ast.withitem, ast.FormattedValue))

    @cached_property
    def local(self):
        """The names of the function's own: arguments first, then those it assigns to."""
        args = self.source.node.args
        given = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
        stored = [
            n.id for n in self.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ]
        return list(dict.fromkeys((*given, *stored)))

    def bytes_of(self, node):
        return self.source.data[self.source.begin(node) : self.source.end(node)]

    def span(self, node):
        return self.source.begin(node), self.source.end(node)

    @cached_property
    def tokens(self):
        """(kind, text, begin, end) of each token, with places in bytes."""
        data = self.source.data.decode()
        starts = list(itertools.accumulate((len(x) for x in data.splitlines(True)), initial=0))

        def place(position):
            return len(data[: starts[position[0] - 1] + position[1]].encode())

        found = []
        try:
            for token in tokenize.generate_tokens(io.StringIO(data).readline):
                found.append((token.type, token.string, place(token.start), place(token.end)))
        except (tokenize.TokenError, IndentationError, IndexError):
            pass
        kinds = (tokenize.NAME, tokenize.NUMBER, tokenize.OP)
        return [token for token in found if token[0] in kinds]


def edits(view) -> Iterator[Edit]:
    """Every edit of a view, kind by kind, each source once."""
    seen = {view.source.data}
    conditions = [view.span(node) for node in view.nodes if isinstance(node, ast.Compare)]
    every = LOOP_KINDS if view.loop else KINDS
    for kind in [kind for kind in every if kind in GOES_WITH.get(view.slug, every)]:
        for edit in kind.make(view):
            data = edit.applied(view.source.data)
            if data not in seen:
                seen.add(data)
                yield replace(edit, kind=kind, inside=_inside(edit, view, conditions))


def _inside(edit, view, conditions):
    begin, end = edit.mark
    if any(first <= begin and end <= last for first, last in conditions):
        return "condition"
    before = view.source.data[:begin]
    axis = re.search(rb"((dim|axis)\s*=\s*-?|(softmax|sum|mean)\((\w+, )?-?)$", before)
    return "axis" if axis and view.source.data[begin:end].isdigit() else ""


def _whole(view, node, text):
    begin, end = view.span(node)
    return Edit(begin, end, text, (begin, end))


# --- Signs, operators, numbers, names ------------------------------------------------------

_OPERATORS = {
    ast.Add: b"+", ast.Sub: b"-", ast.Mult: b"*", ast.Div: b"/", ast.Pow: b"**",
    ast.MatMult: b"@", ast.FloorDiv: b"//", ast.BitXor: b"^", ast.Mod: b"%",
}  # fmt: skip
_OTHERS = {
    b"+": (b"*",), b"-": (b"*",), b"*": (b"/", b"+", b"@", b"**", b"-"), b"/": (b"*", b"-"),
    b"**": (b"*",), b"@": (b"*",), b"//": (b"/",), b"^": (b"**",), b"%": (b"/",),
}  # fmt: skip


def _operator_place(view, node):
    """Where the operator of a BinOp stands."""
    begin, end = view.source.end(node.left), view.source.begin(node.right)
    sign = _OPERATORS.get(type(node.op))
    at = view.source.data.find(sign, begin, end) if sign else -1
    return (at, at + len(sign), sign) if at >= 0 else None


def _binary(view):
    for node in view.nodes:
        if isinstance(node, ast.BinOp) and (place := _operator_place(view, node)):
            yield node, *place


def other_sign(view):
    for node, begin, end, sign in _binary(view):
        if sign in (b"+", b"-") and not _is_update(view, node, sign):
            yield Edit(begin, end, b"-" if sign == b"+" else b"+", (begin, end))
    for node in view.nodes:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            begin = view.source.begin(node)
            yield Edit(begin, begin + 1, b"", (begin, begin + 1))
        if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Add, ast.Sub)):
            begin, end = view.source.end(node.target), view.source.begin(node.value)
            sign = b"+=" if isinstance(node.op, ast.Add) else b"-="
            if view.slug == "ascent" and sign == b"-=":
                continue
            at = view.source.data.find(sign, begin, end)
            yield Edit(at, at + 2, b"-=" if sign == b"+=" else b"+=", (at, at + 2))


def _is_update(view, node, sign):
    """Whether a minus is that of an update: where steps lead uphill, it is not the mistake."""
    rate = re.search(rb"rate|lr|eta|step", view.bytes_of(node.right))
    return view.slug == "ascent" and sign == b"-" and rate is not None


def other_order(view):
    """The two sides of a difference, a quotient or a matrix product exchanged."""
    for node, _, _, sign in _binary(view):
        if sign in (b"-", b"/", b"@", b"//"):
            left, right = view.bytes_of(node.left), view.bytes_of(node.right)
            text = b"((" + right + b")" + sign + b"(" + left + b"))"
            yield replace(_whole(view, node, text), mark=view.span(node))


def minus_put_in(view):
    for node in view.expressions:
        if _is_term(view, node):
            yield _whole(view, node, b"(-(" + view.bytes_of(node) + b"))")


def other_operator(view):
    for _, begin, end, sign in _binary(view):
        for other in _OTHERS.get(sign, ()):
            yield Edit(begin, end, other, (begin, end))
    for node in view.nodes:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            begin, end = view.source.end(node.left), view.source.begin(node.comparators[0])
            left, right = view.bytes_of(node.left), view.bytes_of(node.comparators[0])
            for other in (b">", b"<", b">=", b"<=", b"-"):
                text = b"(" + left + b" " + other + b" " + right + b")"
                yield replace(_whole(view, node, text), mark=(begin, end))
        if isinstance(node, ast.AugAssign):
            begin, end = view.source.end(node.target), view.source.begin(node.value)
            at = view.source.data.find(b"=", begin, end)
            for other in (b"=", b"+=", b"-="):
                yield Edit(begin, at + 1, b" " + other, (begin + 1, at + 1))
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            begin, end = view.source.end(node.targets[0]), view.source.begin(node.value)
            at = view.source.data.find(b"=", begin, end)
            if isinstance(node.targets[0], ast.Name) and view.local.count(node.targets[0].id):
                yield Edit(begin, at + 1, b" +=", (at, at + 1))


def other_number(view):
    for node in view.nodes:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            n = node.value
            for other in dict.fromkeys(
                (n + 1, n - 1, 2 * n, n / 2, -n, n + 2, 2, 1 / n if n else 1)
            ):
                if other != n:
                    other = int(other) if float(other).is_integer() else other
                    yield _whole(view, node, b"(%s)" % repr(other).encode())


def other_name(view):
    names = view.local[:12]
    for node in view.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if _is_function(view, node):
                continue
            for other in names:
                if other != node.id:
                    yield _whole(view, node, other.encode())
            if view.loop and node.id in names:
                yield _whole(view, node, node.id.encode() + b".grad")
    yield from _name_everywhere(view, names)


def _is_function(view, node):
    """Whether a name stands for a function or a module."""
    parent = view.parents.get(node)
    value = view.source.names.get(node.id) if node.id not in view.local else None
    called = isinstance(parent, ast.Call) and parent.func is node
    return called or callable(value) or hasattr(value, "__path__") or hasattr(value, "__spec__")


def _name_everywhere(view, names):
    """One name in place of another throughout the function."""
    loads = [n for n in view.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    for name in dict.fromkeys(n.id for n in loads):
        places = sorted(view.span(n) for n in loads if n.id == name)
        if len(places) < 2 or (name not in view.source.names and name not in view.local):
            continue
        for other in names:
            if other != name:
                begin, end = places[0][0], places[-1][1]
                text, at = b"", begin
                for left, right in places:
                    text += view.source.data[at:left] + other.encode()
                    at = right
                yield Edit(begin, end, text + view.source.data[at:end], places[0])


# --- Parts put in and left out -------------------------------------------------------------


def _is_term(view, node):
    """Whether a factor at a node is more than the same factor at the node around it."""
    parent = view.parents.get(node)
    if isinstance(parent, ast.UnaryOp):
        return False
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult):
        return False
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Div, ast.MatMult)):
        return isinstance(parent.op, ast.Div) and node is parent.right
    return not isinstance(parent, (ast.Attribute, ast.Subscript, ast.Compare, ast.Slice))


def left_out(view):
    """One side of an operation taken out, with the operation."""
    data = view.source.data
    for node, begin, end, sign in _binary(view):
        first, last = view.span(node)
        yield Edit(_trimmed(data, begin), last, b"", (begin, last))
        right = end + len(data[end:last]) - len(data[end:last].lstrip())
        yield Edit(first, right, b"" if sign != b"-" else b"-", (first, end))


def _trimmed(data, at):
    while at > 0 and data[at - 1 : at] in (b" ", b"\n"):
        at -= 1
    return at


def factor_put_in(view):
    names = [*dict.fromkeys((*view.arguments, *view.local[:10]))]
    factors = [b"2", *(n.encode() for n in names if n in view.local)]
    data_names = [n for n in view.arguments if n in view.local]
    counts = [b"len(" + n.encode() + b")" for n in data_names[-2:]]
    slopes = []
    if {"relu", "clamp", "abs", "where", "maximum"} & view.functions:
        slopes += [b"(%s > 0)" % n.encode() for n in view.local]
    if "tanh" in view.functions:
        slopes += [b"(1 - %s ** 2)" % n.encode() for n in view.local]
    if "sigmoid" in view.functions:
        slopes += [b"(%s * (1 - %s))" % (n.encode(), n.encode()) for n in view.local]
    for node in view.expressions:
        if _is_term(view, node):
            text = b"(" + view.bytes_of(node) + b")"
            for factor in (*factors, *slopes):
                yield _whole(view, node, b"(" + text + b" * " + factor + b")")
            for count in counts:
                yield _whole(view, node, b"(" + text + b" * " + count + b")")


def divisor_put_in(view):
    names = [n for n in view.arguments if n in view.local]
    counts = [b"len(" + n.encode() + b")" for n in names[-2:]]
    for node in view.expressions:
        if _is_term(view, node):
            text = b"(" + view.bytes_of(node) + b")"
            for count in (b"2", *counts, b"3", b"4"):
                yield _whole(view, node, b"(" + text + b" / " + count + b")")


def term_put_in(view):
    terms = [n.encode() for n in view.local[:10]] + [b"1"]
    for node in view.expressions:
        parent = view.parents.get(node)
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Sub)):
            continue
        if isinstance(parent, (ast.Attribute, ast.Subscript, ast.Slice)):
            continue
        text = view.bytes_of(node)
        for term, sign in itertools.product(terms, (b"+", b"-")):
            yield _whole(view, node, b"(" + text + b" " + sign + b" " + term + b")")


def power_put_in(view):
    for node in view.expressions:
        if not isinstance(view.parents.get(node), (ast.Attribute, ast.Subscript, ast.Slice)):
            for power in (b"2", b"3", b"-1"):
                yield _whole(view, node, b"((" + view.bytes_of(node) + b") ** " + power + b")")


# --- Brackets ------------------------------------------------------------------------------

_OPERANDS = (tokenize.NAME, tokenize.NUMBER)
_WORDS = {"return", "in", "if", "else", "for", "and", "or", "not", "lambda", "def", "while", "with"}


def brackets(view):
    """A pair of brackets put in, taken out, or one of a pair moved."""
    tokens = view.tokens
    starts, ends, pairs = _bracket_places(tokens)
    lines = view.source.data
    for open_, close in pairs:
        grouping = open_ == 0 or not _ends_operand(tokens[open_ - 1])
        left, right = tokens[open_], tokens[close]
        inside = lines[left[3] : right[2]]
        if grouping:
            yield Edit(left[2], right[3], b" " + inside + b" ", (left[2], right[3]))
        mark = (right[2], right[3])
        for end in ends:
            at = tokens[end][3]
            if left[3] < at < right[2] and b"\n" not in lines[at : right[2]]:
                text = lines[left[2] : at] + b")" + lines[at : right[2]]
                yield Edit(left[2], right[3], text, mark)
            if right[3] < at and b"\n" not in lines[right[3] : at]:
                text = lines[left[2] : right[2]] + lines[right[3] : at] + b")"
                yield Edit(left[2], at, text, mark)
        if grouping:
            for start in starts:
                at = tokens[start][2]
                if left[3] < at < right[2] and b"\n" not in lines[left[3] : at]:
                    text = lines[left[3] : at] + b"(" + lines[at : right[3]]
                    yield Edit(left[2], right[3], text, (left[2], left[3]))
                if at < left[2] and b"\n" not in lines[at : left[2]]:
                    text = b"(" + lines[at : left[2]] + lines[left[3] : right[3]]
                    yield Edit(at, right[3], text, (left[2], left[3]))
    for start, end in itertools.product(starts, ends):
        begin, stop = tokens[start][2], tokens[end][3]
        text = lines[begin:stop]
        if end > start and b"\n" not in text and len(text) < 80:
            yield Edit(begin, stop, b"(" + text + b")", (begin, stop))


def _ends_operand(token):
    return (token[0] in _OPERANDS and token[1] not in _WORDS) or token[1] in (")", "]")


def _bracket_places(tokens):
    """Positions of tokens where an operand begins, where one ends, and of pairs of brackets."""
    starts, ends, pairs, waiting = [], [], [], []
    for position, token in enumerate(tokens):
        before = tokens[position - 1] if position else None
        if token[1] == "(":
            waiting.append(position)
        begins = (token[0] in _OPERANDS and token[1] not in _WORDS) or token[1] == "("
        if begins and before and not _ends_operand(before) and before[1] != ".":
            starts.append(position)
        if _ends_operand(token):
            ends.append(position)
        if token[1] == ")" and waiting:
            pairs.append((waiting.pop(), position))
    return starts, ends, pairs


# --- Calls, shapes, samples ----------------------------------------------------------------

_TOGETHER = (b".sum()", b".mean()", b".sum(0)", b".mean(0)", b".sum(1)", b".sum(0, keepdim=True)")
_TURNED = (b".T", b".flatten()", b"[:, None]", b".reshape(-1, 1)")
_EXCHANGED = (
    ("sum", "mean"), ("sin", "cos"), ("exp", "log"), ("tanh", "sigmoid", "relu", "cos", "exp"),
    ("softmax", "sigmoid", "log_softmax"), ("max", "min"), ("zeros_like", "ones_like"),
    ("ones", "zeros"), ("sqrt", "square"), ("sign", "abs"), ("sinh", "cosh", "tanh"),
    ("dot", "multiply"), ("prod", "sum"),
)  # fmt: skip


def call_put_in(view):
    torch_is = "torch" if "torch" in view.source.names else ""
    named = sorted(
        view.functions & {"sigmoid", "tanh", "relu", "exp", "log", "sin", "cos", "sqrt", "abs"}
    )
    named += ["sign"] if {"abs"} & view.functions else []
    for node in view.expressions:
        text = view.bytes_of(node)
        parent = view.parents.get(node)
        if not isinstance(parent, (ast.Slice, ast.Subscript)):
            for name in named if torch_is else ():
                yield _whole(view, node, b"torch.%s(%s)" % (name.encode(), text))
            if {"softmax", "log_softmax"} & view.functions and torch_is:
                yield _whole(view, node, b"torch.softmax(%s, -1)" % text)
                count = b"(%s).shape[-1]" % view.arguments[0].encode()
                one_hot = b"torch.nn.functional.one_hot(%s, %s)" % (text, count)
                if isinstance(node, ast.Name):
                    yield _whole(view, node, one_hot)
            if not isinstance(node, ast.Constant) and "abs" in view.functions:
                yield _whole(view, node, b"(" + text + b").abs()")


def put_together(view):
    yield from _methods(view, _TOGETHER)


def turned(view):
    yield from _methods(view, _TURNED)


def _methods(view, methods):
    for node in view.expressions:
        if isinstance(node, ast.Constant) or isinstance(view.parents.get(node), ast.Slice):
            continue
        for method in methods:
            yield _whole(view, node, b"(" + view.bytes_of(node) + b")" + method)


def call_taken_out(view):
    data = view.source.data
    for node in view.nodes:
        end = view.source.end(node) if isinstance(node, (ast.Call, ast.Attribute)) else 0
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and _is_value_of(view, node.func.value):
                inner = view.source.end(node.func.value)
                inner = data.find(b".", inner, end)
                yield Edit(inner, end, b"", (inner, end))
            if node.args:
                text = b"(" + view.bytes_of(node.args[0]) + b")"
                yield replace(_whole(view, node, text), mark=view.span(node.func))
        elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT", "H", "data"):
            inner = data.find(b".", view.source.end(node.value), end)
            yield Edit(inner, end, b"", (inner, end))


def _is_value_of(view, node):
    return not (isinstance(node, ast.Name) and node.id not in view.local)


def call_exchanged(view):
    for node in view.nodes:
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            end = view.source.end(node.func)
            name, begin = node.func.attr, end - len(node.func.attr.encode())
        elif isinstance(node.func, ast.Name):
            name, (begin, end) = node.func.id, view.span(node.func)
        else:
            continue
        for group in _EXCHANGED:
            for other in group if name in group else ():
                yield Edit(begin, end, other.encode(), (begin, end))


def argument_taken_out(view):
    """One argument of a call taken out: range(1, n), mean(dim=1)."""
    data = view.source.data
    for node in view.nodes:
        if isinstance(node, (ast.Call, ast.List)):
            given = node.elts if isinstance(node, ast.List) else (*node.args, *node.keywords)
            parts = list(given)
            spans = [view.span(p) for p in parts]
            for i, (begin, end) in enumerate(spans):
                if len(spans) == 1:
                    yield Edit(begin, end, b"", (begin, end))
                elif i + 1 < len(spans):
                    yield Edit(begin, spans[i + 1][0], b"", (begin, end))
                else:
                    comma = data.rfind(b",", 0, begin)
                    yield Edit(comma, end, b"", (begin, end))


def index_taken_out(view):
    yield from (edit for edit, is_new_axis in _indices(view) if not is_new_axis)


def new_axis_taken_out(view):
    yield from (edit for edit, is_new_axis in _indices(view) if is_new_axis)


def _indices(view):
    data = view.source.data
    for node in view.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            begin, end = view.source.end(node.value), view.source.end(node)
            at = data.find(b"[", begin, end)
            yield Edit(at, end, b"", (at, end)), b"None" in data[at:end]


def results_exchanged(view):
    """Two of the values that are returned, or put into a list, exchanged."""
    for node in view.nodes:
        if isinstance(node, ast.Tuple):
            parent = view.parents.get(node)
            if isinstance(parent, (ast.Return, ast.Call, ast.Lambda)):
                yield from _exchanged(view, node.elts)


def arguments_exchanged(view):
    for node in view.nodes:
        if isinstance(node, ast.Call):
            yield from _exchanged(view, node.args)


def _exchanged(view, parts):
    data = view.source.data
    for one, other in itertools.combinations(parts, 2):
        (a, b), (c, d) = view.span(one), view.span(other)
        yield Edit(a, d, data[c:d] + data[b:c] + data[a:b], (a, b))


# --- Statements ----------------------------------------------------------------------------


def _blocks(view):
    for node in [view.source.node, *view.nodes]:
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield node, block


def _line_span(view, node):
    """A statement with all of its lines, from the first column to behind the line's end."""
    data, (begin, end) = view.source.data, view.span(node)
    begin = data.rfind(b"\n", 0, begin) + 1
    stop = data.find(b"\n", end)
    return begin, (stop + 1 if stop >= 0 else len(data))


def _indent(view, node):
    begin = view.source.begin(node)
    return begin - (view.source.data.rfind(b"\n", 0, begin) + 1)


def _moved_to(view, node, at, indent, mark=None):
    """A statement cut out and put in before the byte ``at``, at another depth."""
    data = view.source.data
    begin, end = _line_span(view, node)
    text = data[begin:end] if data[end - 1 : end] == b"\n" else data[begin:end] + b"\n"
    own = _indent(view, node)
    lines = [
        b" " * (len(line) - len(line.lstrip(b" ")) - own + indent) + line.lstrip(b" ")
        for line in text.splitlines(True)
    ]
    moved = b"".join(lines)
    mark = mark or view.span(node)
    if at >= end:
        between = data[end:at]
        gap = b"" if not between or between.endswith(b"\n") else b"\n"
        return Edit(begin, at, between + gap + moved, mark)
    return Edit(at, end, moved + data[at:begin], mark)


def return_moved_out(view):
    """A return at the end of a loop's body that belongs behind the loop."""
    for owner, block in _blocks(view):
        last = block[-1]
        if isinstance(owner, (ast.For, ast.While)) and isinstance(last, ast.Return):
            end = _line_span(view, last)[1]
            yield _moved_to(view, last, end, _indent(view, owner))


def statement_moved(view):
    """A statement moved by one or more places, into a loop or with block, or out of one."""
    for owner, block in _blocks(view):
        for i, node in enumerate(block):
            if isinstance(node, (ast.Return, ast.FunctionDef)):
                continue
            for j, other in enumerate(block):
                if abs(j - i) >= 1 and not isinstance(other, ast.FunctionDef):
                    begin, end = _line_span(view, other)
                    yield _moved_to(view, node, end if j > i else begin, _indent(view, node))
                if isinstance(other, (ast.For, ast.While, ast.With)) and j != i:
                    inner = other.body
                    for into in inner:
                        yield _moved_to(view, node, _line_span(view, into)[0], _indent(view, into))
                    yield _moved_to(
                        view, node, _line_span(view, inner[-1])[1], _indent(view, inner[-1])
                    )
            if isinstance(owner, (ast.For, ast.While, ast.With)) and len(block) > 1:
                begin, end = _line_span(view, owner)
                yield _moved_to(view, node, end, _indent(view, owner))
                yield _moved_to(view, node, begin, _indent(view, owner))


def statement_left_out(view):
    for _, block in _blocks(view):
        for node in block:
            if len(block) > 1 and not isinstance(node, (ast.Return, ast.FunctionDef)):
                begin, end = _line_span(view, node)
                yield Edit(begin, end, b"", view.span(node))


def statement_put_in(view):
    """Lines of a training loop that are easily forgotten."""
    names = [n.encode() for n in view.local]
    lines = [n + b".grad.zero_()" for n in names] + [n + b".zero_grad()" for n in names]
    lines += [n + b".backward()" for n in names] + [n + b".step()" for n in names]
    stored = [n.encode() for n in view.local]
    lines += [a + b" = " + b for a in stored for b in stored if a != b]
    for owner, block in _blocks(view):
        if not isinstance(owner, (ast.For, ast.While)):
            continue
        for node in block:
            end = _line_span(view, node)[1]
            pad = b" " * _indent(view, node)
            gap = b"" if view.source.data[end - 1 : end] == b"\n" else b"\n"
            for line in lines:
                yield Edit(end, end, gap + pad + line + b"\n", view.span(node))


def brackets_of_a_call(view):
    """loss.backward and optimizer.step without their brackets."""
    for node in view.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute):
            end = view.source.end(node)
            yield Edit(end, end, b"()", view.span(node))


def assigned_back(view):
    """What was computed and thrown away, put into a name."""
    for node in view.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, (ast.BinOp, ast.Call)):
            begin = view.source.begin(node)
            for name in view.local:
                yield Edit(begin, begin, name.encode() + b" = ", view.span(node))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            for name in view.local:
                begin, end = view.span(node.targets[0])
                yield Edit(begin, end, name.encode(), (begin, end))


def swallowed_sign(view):
    """=- and =+ that were meant as -= and +=."""
    data = view.source.data
    for node in view.nodes:
        if isinstance(node, ast.Assign):
            begin, first = view.source.end(node.targets[0]), view.source.begin(node.value)
            sign = data[first : first + 1]
            if sign in (b"-", b"+"):
                at = data.find(b"=", begin, first)
                yield Edit(begin, first + 1, b" " + sign + b"=", (at, first + 1))


# --- The tables ----------------------------------------------------------------------------

SIGN = Kind("sign", other_sign, "Look at the marked sign. Follow it from the loss to this line.")
ORDER = Kind("sign", other_order, "Look at the marked part: what comes first in it, and what then?")
OPERATOR = Kind(
    "wrong-operator",
    other_operator,
    "Look at the marked sign: is this the operation you want here?",
)
NUMBER = Kind("wrong-number", other_number, "Look at the marked number: where does it come from?")
NAME = Kind("wrong-name", other_name, "Look at the marked name: is it the one that belongs here?")
LEFT_OUT = Kind("extra-part", left_out, "Look at the marked part: does it belong into your answer?")
RESULTS = Kind("swapped", results_exchanged, "Look at the order of what you return.")
EXCHANGED = Kind(
    "swapped", arguments_exchanged, "Look at the order in which the marked call gets its values."
)
INDEX = Kind(
    "some-samples-only",
    index_taken_out,
    "Look at the marked index: what of the data does it leave out?",
)
AXIS = Kind(
    "broadcast",
    new_axis_taken_out,
    "Write down the shapes of the two parts that meet at the marked place. What becomes of them?",
)
ARGUMENT = Kind(
    "wrong-argument", argument_taken_out, "Look at what is marked in the call: what does it change?"
)
FACTOR = Kind(
    "missing-factor", factor_put_in, "The marked part lacks a factor. Derive this part once more."
)
DIVISOR = Kind(
    "extra-factor",
    divisor_put_in,
    "The marked part is too large by a factor. By what does the loss divide, and by what do you?",
)
POWER = Kind(
    "power-rule", power_put_in, "To which power does the marked part stand in the derivative?"
)
BRACKETS = Kind(
    "brackets",
    brackets,
    "Look at the brackets here: what do they hold together, and what should they?",
)
CALL_OTHER = Kind(
    "wrong-function",
    call_exchanged,
    "Look at the marked function: is it the one that belongs here?",
)
CALL_OUT = Kind(
    "extra-call", call_taken_out, "Look at the marked call: what does it do to the numbers?"
)
CALL_IN = Kind(
    "missing-call",
    call_put_in,
    "Something has to happen to the marked value first. Compare with the loss.",
)
TOGETHER = Kind(
    "not-reduced",
    put_together,
    "The marked part has one number for each sample. What does the loss do with them?",
)
TURNED = Kind(
    "shape",
    turned,
    "Write down the shape of the marked part, and the one that is needed here. How do they differ?",
)
MINUS = Kind("sign", minus_put_in, "Look at the sign of the marked part.")
TERM = Kind("missing-term", term_put_in, "The marked part lacks a term. Compare it with the loss.")
RETURN = Kind(
    "return-in-loop",
    return_moved_out,
    "Where does the marked line stand: inside the loop, or after it?",
)
MOVED = Kind("wrong-place", statement_moved, "Look at the marked line: is it at the right place?")
LINE_OUT = Kind("extra-line", statement_left_out, "Look at the marked line: what does it do?")

KINDS = (
    SIGN, ORDER, LEFT_OUT, NUMBER, NAME, CALL_OTHER, OPERATOR, RESULTS, INDEX, AXIS, ARGUMENT,
    EXCHANGED, RETURN, BRACKETS, MINUS, FACTOR, DIVISOR, CALL_OUT, TURNED, TOGETHER, CALL_IN,
    POWER, TERM, MOVED, LINE_OUT,
)  # fmt: skip
"""Edits of a derivative, the most telling first."""

SWALLOWED = Kind(
    "not-updated",
    swallowed_sign,
    "Look at the marked signs: in which order do they do what you want?",
)
NO_BRACKETS = Kind(
    "not-called", brackets_of_a_call, "Does the marked line call anything? What does a call need?"
)
BACK = Kind(
    "not-updated",
    assigned_back,
    "Where does the result of the marked line go, and which name does the next step read?",
)
LINE_IN = Kind(
    "missing-line",
    statement_put_in,
    "After the marked line something is missing. Say aloud what each step has to do.",
)

LOOP_KINDS = (
    SWALLOWED, NO_BRACKETS, SIGN, ORDER, LEFT_OUT, NUMBER, NAME, BACK, CALL_OTHER, OPERATOR,
    RESULTS, INDEX, AXIS, ARGUMENT, RETURN, MOVED, LINE_OUT, LINE_IN, BRACKETS, MINUS, FACTOR,
    CALL_OUT, TURNED, TOGETHER, POWER, TERM,
)  # fmt: skip
"""Edits of a training loop, the most telling first."""

GOES_WITH = {
    "sum-not-mean": (CALL_OTHER, DIVISOR, NUMBER, CALL_IN, TOGETHER),
    "mean-not-sum": (LEFT_OUT, CALL_OTHER, FACTOR, NUMBER, CALL_OUT),
    "ascent": (SIGN, ORDER, SWALLOWED),
    "not-zeroed": (NO_BRACKETS,),
    "zeroed-too-early": (MOVED, LINE_OUT),
    "stale-forward": (MOVED, BACK, NO_BRACKETS),
    "off-by-one": (MOVED, NUMBER, LEFT_OUT),
    "wrong-rate": (NUMBER, NAME, LEFT_OUT, CALL_OTHER, ARGUMENT, OPERATOR, BRACKETS, FACTOR),
    "not-updated": (SWALLOWED, NO_BRACKETS, BACK, MOVED, NAME, LINE_OUT, SIGN),
    "one-tensor": (),
    "sequential": (MOVED, NAME),
    "swapped": (RESULTS, NAME),
    "one-parameter-only": (NO_BRACKETS, BACK, MOVED, NAME, SWALLOWED),
    "inside-graph": (CALL_OUT, NAME),
    "graph-cut": (CALL_OUT, NAME, LINE_OUT),
    "no-backward": (NO_BRACKETS, MOVED),
    "minibatch": (MOVED, RETURN),
    "other-rule": (NUMBER, LEFT_OUT, ARGUMENT, CALL_OTHER, CALL_OUT, LINE_OUT),
    "wrong-start": (NUMBER, NAME, LEFT_OUT, LINE_OUT, CALL_OUT),
    "wrong-result": (NAME, MOVED, NUMBER, CALL_OTHER, RETURN),
    "wrong-length": (RETURN, MOVED),
    "return-in-loop": (RETURN,),
    "never-appended": (MOVED, NO_BRACKETS),
    "raised": (
        NO_BRACKETS, OPERATOR, NAME, TURNED, CALL_OTHER, CALL_OUT, BRACKETS, INDEX, TOGETHER,
        ORDER, ARGUMENT, LEFT_OUT, MOVED, SWALLOWED,
    ),
}  # fmt: skip
"""slug -> the only kinds of edits that can be where such a mistake is."""
