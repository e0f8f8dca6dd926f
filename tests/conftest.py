"""How the tests are shared out over the processes of pytest-xdist."""

import re

from xdist.scheduler import LoadScopeScheduling


class ByFileAndNotebook(LoadScopeScheduling):
    """Keeps the tests of a file together, but for the files that take each notebook by itself.

    Cells that nbval runs share a kernel, and the tests of a page share a browser, so they must
    stay in one process; different notebooks have nothing in common.
    """

    NOTEBOOK_BY_NOTEBOOK = "test_notebooks.py", "test_browser.py"

    def _split_scope(self, nodeid):
        file = nodeid.split("::")[0]
        notebook = re.search(r"[\[-](\d\d_\w+)", nodeid)
        return file + notebook[1] if notebook and file.endswith(self.NOTEBOOK_BY_NOTEBOOK) else file


LONGEST = "test_colab.py", "test_editions.py", "test_benchmark.py", "test_browser.py"


def pytest_collection_modifyitems(items):
    """The files that take longest come first: what comes last keeps the other processes waiting."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


def pytest_xdist_make_scheduler(config, log):
    return ByFileAndNotebook(config, log)
