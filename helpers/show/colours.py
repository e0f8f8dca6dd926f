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

SMALL, NORMAL = 11, 12.5
"""Font sizes in points, for figures of 100 pixels an inch."""
