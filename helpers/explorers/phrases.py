"""Words that several explorers say of a number."""

FALLS = "the loss goes from {loss} to {next_loss}"


def side(residual):
    """Where a prediction lies, seen from its target."""
    return "above" if residual > 0 else "below"


def course(slope):
    """How a straight line of that slope goes."""
    if slope == 0:
        return "lies flat"
    return f"{'rises' if slope > 0 else 'falls'} to the right"
