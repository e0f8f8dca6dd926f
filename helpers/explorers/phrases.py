"""Words that several explorers say of a number."""

from helpers.compute.texts import short

FALLS = "the loss goes from {loss} to {next_loss}"


def falls(state):
    """What a step does to the loss, also where four digits do not show it."""
    if short(state.loss) == short(state.next_loss):
        return "the loss changes by less than 0.0001"
    return FALLS


def side(residual):
    """Where a prediction lies, seen from its target."""
    return "above" if residual > 0 else "below"


def course(slope):
    """How a straight line of that slope goes."""
    if slope == 0:
        return "lies flat"
    return f"{'rises' if slope > 0 else 'falls'} to the right"
