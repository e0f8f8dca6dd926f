"""What an explorer draws and says: all values of a moment, and sentences filled with them."""

import re

from helpers.compute.texts import decimals, short
from helpers.show.words import Reading

NAME = re.compile(r"\{([\w.]+)\}")


class State:
    """All that belongs to a moment, by name: ``state.w``, ``state.loss``.

    Args:
        values: name -> value.
        records: what else has values, as attributes or by name. The first that has one gives it.
    """

    def __init__(self, values, *records):
        self._values, self._records = values, []
        for record in records:
            values.update(record) if isinstance(record, dict) else self._records.append(record)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._values:
            return self._values[name]
        for record in self._records:
            if hasattr(record, name):
                return getattr(record, name)
        there = sorted({*self._values, *(n for one in self._records for n in _names(one))})
        raise AttributeError(f"Nothing here is called {name!r}. There are: {', '.join(there)}.")

    def __eq__(self, other):
        return isinstance(other, State) and vars(self) == vars(other)

    __hash__ = None

    def __repr__(self):
        values = {name: value for name, value in self._values.items() if name != "path"}
        return f"State({', '.join(map(repr, (values, *self._records)))})"


def _names(record):
    return [name for name in dir(record) if not name.startswith("_")]


def look_up(state, place):
    """The value at a place such as "loss", or "end.0" for the first of several."""
    for name in place.split("."):
        if state is None:
            return None
        state = state[int(name)] if name.isdigit() else getattr(state, name)
    return state


def as_text(value, number=short):
    """A value for a reader, with ``number`` for what is one."""
    if value is None:
        return "none yet"
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, (tuple, list)):
        return f"({', '.join(as_text(one, number) for one in value)})"
    return number(value)


def filled(sentence, state):
    """A sentence with the values of a state in place of their names in braces."""
    return NAME.sub(lambda found: as_text(look_up(state, found[1])), sentence)


def read_off(reading, state):
    """A declared reading with its text."""
    text = as_text(look_up(state, reading.name), decimals)
    return Reading(reading.name, filled(reading.label, state), reading.role, text)
