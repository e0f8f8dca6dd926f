"""Questions to the reader: a guess before the answer is seen, a table to fill in by hand."""

import helpers.show.kernel  # noqa: F401 - errors are short wherever there are questions
from helpers.prompts.guess import predict
from helpers.prompts.table import fill_table

__all__ = ["fill_table", "predict"]
