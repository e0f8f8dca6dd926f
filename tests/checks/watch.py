"""What a check looked at on the way to its report, and what it has to leave as it was."""

import random
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from unittest.mock import patch

import numpy as np
import torch

from helpers.checks import derivatives, diagnosis, loops

TABLES = [
    *[(diagnosis, name) for name in ("SURE", "MIXED", "LIKELY", "OTHERS", "MISSHAPEN", "LEFT")],
    *[(loops, name) for name in ("ACCIDENTS", "WALKS", "LATE", "LEFT")],
]


@dataclass
class Seen:
    """The (module, table, position) of each row that found something; the Located; the report."""

    rows: set = field(default_factory=set)
    located: object = None
    report: object = None


def all_rows():
    return [(m, name, i) for m, name in TABLES for i in range(len(getattr(m, name)))]


@contextmanager
def row_changed(module, table, position, find):
    """A row of a table finds what ``find`` does."""
    rows = list(getattr(module, table))
    rows[position] = replace(rows[position], find=find)
    with patch.object(module, table, tuple(rows)):
        yield


@contextmanager
def watching():
    seen = Seen()

    def noted(row, find):
        def finding(what):
            words = find(what)
            if words is not None:
                seen.rows.add(row)
            return words

        return finding

    def locating(*args, locate=diagnosis.locate, **options):
        seen.located = locate(*args, **options) or seen.located
        return seen.located

    with ExitStack() as stack:
        for row in all_rows():
            module, table, position = row
            find = getattr(module, table)[position].find
            stack.enter_context(row_changed(*row, noted(row, find)))
        for module in (diagnosis, derivatives, loops):
            stack.enter_context(patch.object(module, "locate", locating))
        yield seen


@cache
def seen_of(plant):
    """What is Seen on the way to the report on a plant."""
    with watching() as seen:
        seen.report = plant.report()
    return seen


def state():
    """Everything of the reader's that a check must leave as it is."""
    return (
        torch.get_rng_state().tolist(),
        random.getstate(),
        str(np.random.get_state()),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        torch.get_num_threads(),
        sys.gettrace(),
        sys.stdout,
        sys.stderr,
    )
