"""What the tests of the explorers share."""

import pytest
from ipywidgets import Widget


@pytest.fixture(autouse=True)
def closed_afterwards():
    """ipywidgets keeps all widgets; with their figures, those of all tests fill the memory."""
    yield
    Widget.close_all()
