"""What a reader's function raised, in plain words with its usual cause: a table to add to.

A row of ``ERRORS`` is a slug, a pattern that the message is searched for (of the form "TypeError:
…", see ``Outcome.error_text``), and a hint. Groups that are named in the pattern fill in the hint.
The first row that fits is used. The report shows the reader's line beside it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A mistake that was named: its slug, and one or two sentences to the reader."""

    slug: str
    hint: str


CUT_WORDS = "does not require grad and does not have a grad_fn"
"""What torch says where backward finds no graph."""

_SHAPES = (
    "The shapes here do not fit together. Write the shape of each part beside it: which belongs "
    "first, and which has to be transposed?"
)
_ENTRIES = (
    "Two tensors meet here entry by entry, and their shapes do not fit. Write the shape of each "
    "beside it: what does one entry stand for in each?"
)
_LABELS = (
    "The labels do not go with what the loss gets beside them. Write down the shape of both: "
    "is there one label for each sample?"
)
_WHOLE = (
    "A label is the number of a class here, and classes are counted with whole numbers. Which "
    "numbers does this tensor hold?"
)
_SEVERAL = (
    "float(), .item(), if and the functions of math take one number, and here is a tensor of "
    "several. What should make one number of them: a mean or a sum, of what? Or is torch's own "
    "function wanted?"
)
_NO_SIGN = (
    "Before a bracket Python expects a function, and here stands {what}. In mathematics the sign "
    "of a product can be left out, in Python never."
)
_NONE = (
    "A None is used here as if it were a number. It comes from a .grad before backward has run, "
    "or from a function that does not return anything."
)

ERRORS = (
    (
        "raised",
        r"bitwise_xor|for \^",
        "The sign ^ is no power in Python. A power has a sign of its own: two stars.",
    ),
    (
        "raised",
        r"unsupported operand type\(s\) for \S+: (?:'tuple' and|'\w+' and 'tuple')",
        "A tuple is used here as if it were a number. A comma makes a tuple in Python, also where "
        "it was meant as a decimal point; and torch.autograd.grad gives one, too.",
    ),
    (
        "raised",
        r"unsupported operand type\(s\) for \S+: (?:'list' and|'\w+' and 'list')",
        "A list is used here as if it were a number. Is one entry of it meant, their sum, or a "
        "tensor made of it?",
    ),
    (
        "raised",
        r"can't multiply sequence by non-int",
        "A list or a tuple is multiplied here, not the number in it. torch.autograd.grad gives a "
        "tuple, and a comma makes one.",
    ),
    ("raised", r"'(?P<what>int|float|Tensor|numpy.ndarray)' object is not callable", _NO_SIGN),
    (
        "raised",
        r"'method' object is not (?:subscriptable|iterable)|'builtin_function_or_method'|'method' and|and 'method'",
        "A function is used here, and not what it gives. What does a call need after its name?",
    ),
    (
        "raised",
        r"'NoneType' object has no attribute 'append'",
        "append changes the list itself and gives None back. What does the name of your list "
        "stand for after a line with = in front?",
    ),
    (
        "raised",
        r"has no attribute 'zero'|has no attribute 'requires_grad_'|has no attribute '(?:sub|add)_\b",
        "There is no such method here. Methods of torch that change the tensor itself end with an "
        "underscore, and only tensors have them.",
    ),
    (
        "graph-cut",
        r"'(?P<kind>float|int|numpy\.\w+)' object has no attribute '(?P<what>backward|grad)'",
        "Here {what} is asked of a plain number, and only tensors have it. Where did the tensor "
        "become a number: by .item(), by float(), or has it never been one?",
    ),
    (
        "raised",
        r"'(?P<kind>float|int)' object has no attribute '(?P<what>\w+)'",
        "A plain number has no {what}: only tensors have that.",
    ),
    (
        "raised",
        r"'(?P<kind>list|tuple)' object has no attribute '(?P<what>\w+)'",
        "Here {what} is asked of a {kind}. Is one entry of it meant, or a tensor made of it?",
    ),
    (
        "raised",
        r"module '(?P<kind>[\w.]+)' has no attribute '(?P<what>\w+)'",
        "{kind} has nothing by the name of {what}. How is it spelled?",
    ),
    (
        "raised",
        r"Target size|target size|batch_size .* to match target|multi-target not supported",
        _LABELS,
    ),
    (
        "raised",
        r"tensors used as indices must be|one_hot is only applicable|expected scalar type Long",
        _WHOLE,
    ),
    (
        "raised",
        r"IndexError: Target \S+ is out of bounds|Class values must be",
        "A label is larger than the number of classes allows. From which number are they counted?",
    ),
    (
        "raised",
        r"params argument given to the optimizer|optimizer can only optimize Tensors",
        "An optimizer takes a list of the tensors that it is to update. What does it get here?",
    ),
    ("raised", r"must match the size of tensor", _ENTRIES),
    ("raised", r"mat1 and mat2|size mismatch|inconsistent tensor size", _SHAPES),
    (
        "raised",
        r"matmul: Input operand|shapes .* not aligned|could not be broadcast|cannot be multiplied",
        _SHAPES,
    ),
    (
        "raised",
        r"1D tensors expected|must be a matrix|mat must|vector \+ matrix|doesn't match the broadcast shape",
        _SHAPES,
    ),
    (
        "raised",
        r"both arguments to matmul need to be at least 1D|number of dims",
        _SHAPES,
    ),
    (
        "raised",
        r"not broadcastable|Expected size for",
        "Two tensors of different lengths meet here. Write the shape of each part beside it: which "
        "product is meant, and which has to be transposed?",
    ),
    (
        "raised",
        r"(?:one element tensors|Tensor with \d+ elements cannot be converted|only one element|"
        r"size-1 arrays|only integer tensors|truth value of an array|0-dimensional arrays|"
        r"Boolean value of Tensor with more)",
        _SEVERAL,
    ),
    (
        "raised",
        r"grad can be implicitly created only for scalar outputs",
        "backward begins at one number, and here there are several: one for each sample. What "
        "does the loss make of them?",
    ),
    (
        "raised",
        r"unexpected keyword argument '(?P<what>\w+)'",
        "The check calls your function with the argument {what}, and it has none of that name. "
        "Compare the names in the line with def.",
    ),
    (
        "raised",
        r"missing \d+ required (?:positional|keyword-only) arguments?: (?P<what>[^:]+)$",
        "A call lacks its argument {what}. Compare the line that calls with the line with def.",
    ),
    (
        "raised",
        r"append\(\) takes exactly one argument",
        "append takes one thing, and here it gets more. What makes one thing of two?",
    ),
    (
        "raised",
        r"takes \d+ positional arguments? but",
        "A function gets more arguments here than it has names for.",
    ),
    (
        "raised",
        r"UnboundLocalError: .*variable '(?P<what>\w+)'",
        "The name {what} is used here before this function has given it a value.",
    ),
    ("raised", r"NameError: name '(?P<what>\w+)'", None),
    ("raised", r"NoneType", _NONE),
    (
        "raised",
        r"'(?P<kind>int|float)' object is not iterable",
        "A loop needs something to go through, and here is one number. How does one count to it?",
    ),
    (
        "raised",
        r"0-d tensor|0-dim tensor",
        "Here one number is taken for a list: it has no entries to index, count or go through.",
    ),
    (
        "raised",
        r"object of type '(?P<kind>\w+)' has no len",
        "len counts entries, and here is one number.",
    ),
    (
        "raised",
        r"too many values to unpack|not enough values to unpack|cannot unpack",
        "On the left of = there are not as many names as values come from the right.",
    ),
    (
        "raised",
        r"Dimension out of range",
        "There is no such dim here. How many sides has this table, and which number has the first?",
    ),
    ("raised", r"IndexError", "An index goes beyond the end here. Counting begins with 0."),
    (
        "raised",
        r"(?:list|tuple) indices must be integers",
        "A list is indexed by whole numbers: what stands between the brackets here?",
    ),
    ("raised", r"ZeroDivisionError", "Here is a division by 0. Which of the numbers can be 0?"),
    (
        "raised",
        r"OverflowError|math range error",
        "A number grew too large here to be written down.",
    ),
    (
        "raised",
        r"math domain error",
        "This function of math is not defined for the number that it got here.",
    ),
    (
        "raised",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy cannot keep track of gradients. Which tensor here does torch still keep track of?",
    ),
    (
        "raised",
        r"only Tensors of floating point",
        "Only tensors of floating point numbers have gradients: 1.0, not 1.",
    ),
    (
        "brackets",
        r"same dtype.*\bbool\b|dtype.*\bBool\b",
        "True and false meet numbers here. A comparison inside a product needs brackets: which "
        "part do you compare?",
    ),
    (
        "raised",
        r"expected .*dtype|same dtype|Found dtype|expected scalar type",
        "Tensors of two kinds of numbers meet here, such as float32 and float64.",
    ),
    ("raised", r"RecursionError", "Your function calls itself without end."),
    ("raised", r"StopIteration", "There is nothing left to take from here."),
    (
        "raised",
        r"could not convert string|must be real number, not str|'str'",
        "Here is a text where a number belongs.",
    ),
    (
        "raised",
        r"Tensor.*is not a Parameter|can't optimize a non-leaf Tensor",
        "An optimizer takes tensors that you made yourself, and this one is the result of a computation.",
    ),
    (
        "raised",
        r"optimizer got an empty parameter list",
        "The optimizer has got no parameters to update.",
    ),
    (
        "raised",
        r"does not require grad",
        "Here a gradient is asked of a tensor that torch does not keep track of.",
    ),
    ("raised", r"", "Your function raised {error}."),
)
"""The first row whose pattern is found in the message is used."""


def explained(outcome, known=()):
    """The Finding for what was raised. ``known``: the names that a product may be made of."""
    text = outcome.error_text
    for slug, pattern, hint in ERRORS:
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            words = {**match.groupdict(), "error": text}
            hint = hint or _unknown_name(words["what"], known)
            return Finding(slug, hint.format(**words))
    raise AssertionError("the last row fits everything")


def _unknown_name(name, known):
    parts = sorted(known, key=len, reverse=True)
    if parts and re.fullmatch(f"\\d*({'|'.join(map(re.escape, parts))}){{2,}}", name):
        return f"Python reads {name} as one name. What has to stand between two factors?"
    if re.fullmatch(r"(?:np|math|F|nn|torch)", name):
        return f"The name {name} is not known here: the line that imports it is missing."
    return (
        f"The name {name} is not known here. Is it spelled as in the line with def, and does it "
        "get its value before this line?"
    )
