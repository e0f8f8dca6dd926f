"""Two automatic routes to the gradient of a loss, with one signature.

``autograd_gradient`` asks torch, ``finite_difference`` asks the loss itself, by moving each
number a little to either side. They share no code, so where they agree they can be trusted.
"""

import torch


def as_names(wrt):
    """One name or several, as a tuple of names."""
    return (wrt,) if isinstance(wrt, str) else tuple(wrt)


def as_tensors(at, dtype=None):
    """Fresh, detached tensors from a dict of numbers and tensors.

    Python numbers become float64. Tensors keep their dtype, unless ``dtype`` is given: then those
    that hold floating point numbers take it, and integers and booleans (labels, indices) stay.
    """
    tensors = {}
    for name, value in at.items():
        is_number = isinstance(value, (bool, int, float))
        tensor = torch.as_tensor(value, dtype=torch.float64 if is_number else None)
        tensor = tensor.detach().clone()
        tensors[name] = tensor.to(dtype) if dtype and tensor.is_floating_point() else tensor
    return tensors


def evaluate(loss, at):
    """The loss at ``at``, as a tensor of no dimensions.

    Raises TypeError or ValueError, in one sentence, where the loss cannot be called with the
    names in ``at`` or does not give one number.
    """
    if not callable(loss):
        raise TypeError(f"loss must be a function, not {type(loss).__name__}.")
    value = loss(**at)
    if isinstance(value, (int, float)):
        value = torch.tensor(value, dtype=torch.float64)
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"The loss must give one number, but it gave {type(value).__name__}.")
    if value.numel() != 1:
        raise ValueError(
            f"The loss must give one number, but it gave {value.numel()}, "
            f"of shape {tuple(value.shape)}: take their mean or sum."
        )
    return value.reshape(())


def _checked(wrt, at):
    names = as_names(wrt)
    for name in names:
        if name not in at:
            raise ValueError(f"wrt names {name!r}, but at has only {', '.join(map(repr, at))}.")
    for name in names:
        if not torch.as_tensor(at[name]).is_floating_point() and torch.is_tensor(at[name]):
            raise TypeError(
                f"{name!r} holds whole numbers, which have no gradient: write 1.0 in place of 1."
            )
    return names


def autograd_gradient(loss, *, wrt, at):
    """The gradient of ``loss`` by torch autograd.

    Args:
        loss: a function; ``loss(**at)`` gives a scalar tensor.
        wrt: the name of the parameter to differentiate by, or a tuple of names.
        at: name -> number or tensor, for every argument of the loss.

    Returns:
        dict: name -> tensor, shaped like ``at[name]``. A parameter that the loss does not reach
        through autograd has a gradient of zeros.

    Raises:
        ValueError: ``wrt`` names something that is not in ``at``; the loss gives several numbers.
        TypeError: a parameter of integers; a loss that is no function or gives no number.
    """
    return value_and_gradient(loss, wrt=wrt, at=at)[1]


def value_and_gradient(loss, *, wrt, at):
    """The loss, a tensor of no dimensions, and its gradient; all as in ``autograd_gradient``."""
    names = _checked(wrt, at)
    tensors = as_tensors(at)
    parameters = [tensors[name].requires_grad_() for name in names]
    with torch.enable_grad():
        value = evaluate(loss, tensors)
    if not value.requires_grad:
        return value, {n: torch.zeros_like(p) for n, p in zip(names, parameters, strict=True)}
    gradients = torch.autograd.grad(value, parameters, materialize_grads=True)
    return value.detach(), dict(zip(names, gradients, strict=True))


def finite_difference(loss, *, wrt, at, eps=1e-6, entries=None):
    """The gradient of ``loss`` by central differences, in float64 where the loss takes it.

    Each number θ of a parameter is moved by ``h = eps * max(1, |θ|)`` to either side:
    ``(loss(θ + h) - loss(θ - h)) / (2 h)``, whose error falls with h².

    A loss that holds float32 data of its own may refuse float64, or give float32 all the same.
    It gets what it takes, and ``eps`` is then at least the cube root of its rounding, 0.005: with
    a smaller one the difference drowns in it.

    Args, returns and raises as ``autograd_gradient``; the gradients are float64. With ``entries``,
    positions in a flattened parameter, only these numbers are moved, and each gradient has the
    shape (entries,).

    Source: Nocedal and Wright, Numerical Optimization, 2nd edition, section 8.1.
    """
    names = _checked(wrt, at)
    tensors, value = _as_taken(loss, at)
    eps = max(eps, least_eps(value.dtype))
    return {name: _central_difference(loss, name, tensors, eps, entries) for name in names}


def least_eps(dtype):
    """How far to move a number at least: where rounding and the error of h² meet."""
    return torch.finfo(dtype).eps ** (1 / 3) if dtype.itemsize < 8 else 0.0


@torch.no_grad()
def _as_taken(loss, at):
    """The arguments in float64, or in their own dtypes where the loss wants these; the loss."""
    try:
        tensors = as_tensors(at, torch.float64)
        return tensors, evaluate(loss, as_tensors(tensors))
    except RuntimeError:
        tensors = as_tensors(at)
        return tensors, evaluate(loss, as_tensors(tensors))


@torch.no_grad()
def _central_difference(loss, name, tensors, eps, entries):
    centre = tensors[name].flatten()

    def loss_at(index, number):
        moved = centre.clone()
        moved[index] = number
        return evaluate(loss, as_tensors({**tensors, name: moved.view_as(tensors[name])})).item()

    def slope(index):
        number = centre[index].item()
        above, below = number + eps * max(1, abs(number)), number - eps * max(1, abs(number))
        return (loss_at(index, above) - loss_at(index, below)) / (above - below)

    chosen = range(len(centre)) if entries is None else entries
    gradient = torch.tensor([slope(index) for index in chosen], dtype=torch.float64)
    return gradient.view_as(tensors[name]) if entries is None else gradient
