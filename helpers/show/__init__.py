"""Pictures: colours by role, plots on Axes, the live figure, and what goes into the page."""
