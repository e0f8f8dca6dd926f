"""One colour a role, across the series.

Each colour has a contrast of at least 4.5:1 on white, so it may also colour text, and any two of
them stay apart in normal sight, protanopia, deuteranopia and tritanopia (a test measures both).
"""


class Colours(dict):
    """Role -> colour. Another word than a role is a ValueError that names the roles."""

    def __missing__(self, role):
        raise ValueError(f"There is no role {role!r}. The roles are {', '.join(self)}.")


COLOURS = Colours(
    data="#1A1A1A",
    prediction="#0072B2",
    loss="#611A68",
    gradient="#C9510B",
    step="#055324",
    path="#6B7379",
)

_DARK_PAGES = '[data-jp-theme-light="false"]', "[theme=dark]", ".vscode-dark"


def style_on_dark_pages(*parts):
    """A style element that turns parts of a page, named by selectors, dark where the page is dark.

    They are drawn on white: what is light becomes dark, and the other way round, in the same hue.
    It speaks to JupyterLab and Notebook 7, Colab, and VS Code.
    """
    selectors = ", ".join(f"{page} {part}" for page in _DARK_PAGES for part in parts)
    return f"<style>{selectors} {{ filter: invert(.93) hue-rotate(180deg) }}</style>"


SMALL, NORMAL = 11, 12.5
"""Font sizes in points, for figures of 100 pixels an inch."""
