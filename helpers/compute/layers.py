"""A hidden layer in matrix form: the network of lesson 09, XOR, and runs from many starts."""

import torch

from helpers.compute.descent import step
from helpers.compute.problems import Problem

PARAMETERS = ("W1", "b1", "W2", "b2")


def forward(W1, b1, W2, b2, X):
    """Z and H, each of shape (N, K), and the predictions, (N, 1), of K relu neurons.

    X is (N, D), W1 (D, K), b1 (K,), W2 (K, 1) and b2 (1,). The parameters may have one more
    dimension in front, with a network in each of its entries, where the biases are (..., 1, K)
    and (..., 1, 1).
    """
    Z = X @ W1 + b1
    H = torch.relu(Z)
    return Z, H, H @ W2 + b2


def layer_mean(W1, b1, W2, b2, X, Y):
    """The mean squared error of ``forward``, with Y of shape (N, 1)."""
    return ((forward(W1, b1, W2, b2, X)[2] - Y) ** 2).mean()


def layer_mean_gradient(W1, b1, W2, b2, X, Y):
    """By W1 Xᵀ·dZ and by W2 Hᵀ·dŶ, by the biases the sums of the columns of dZ and dŶ."""
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    d_Z = (d_Y_hat @ W2.mT) * (Z > 0)
    sums = [part.sum(dim=-2).reshape(b.shape) for part, b in ((d_Z, b1), (d_Y_hat, b2))]
    return X.T @ d_Z, sums[0], H.mT @ d_Y_hat, sums[1]


XOR = (
    torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
    torch.tensor([[0.0], [1.0], [1.0], [0.0]]),
)

xor = Problem(
    loss=layer_mean,
    gradient=layer_mean_gradient,
    wrt=PARAMETERS,
    at={
        "W1": torch.tensor([[1.0, -1.0], [1.0, -1.0]]),
        "b1": torch.tensor([-0.5, 0.5]),
        "W2": torch.tensor([[-1.0], [-1.0]]),
        "b2": torch.tensor([0.0]),
        "X": XOR[0],
        "Y": XOR[1],
    },
    learning_rate=0.1,
)


def random_start(neurons, seed):
    """W1, b1, W2 and b2 for two inputs: weights from a standard normal, biases 0.

    Drawn in parts of fewer than 16 numbers, which are the same on every machine.
    """
    if not 1 <= neurons <= 15:
        raise ValueError(f"neurons must be from 1 to 15, not {neurons}.")
    generator = torch.Generator().manual_seed(seed)
    first, second, behind = (torch.randn(neurons, generator=generator) for _ in range(3))
    return torch.stack([first, second]), torch.zeros(neurons), behind[:, None], torch.zeros(1)


def losses_from_seeds(neurons, *, seeds=100, learning_rate=0.1, steps=1000):
    """The losses on XOR at the end of descent from many random starts, of shape (seeds,).

    Args:
        neurons: in the hidden layer, 1 to 15.
        seeds: how many starts: the seeds are 0, 1, 2 and so on.
        learning_rate, steps: of each run.

    All networks are trained at once, as one with a dimension in front.
    """
    starts = [random_start(neurons, seed) for seed in range(seeds)]
    W1, b1, W2, b2 = (torch.stack(parts) for parts in zip(*starts, strict=True))
    parameters = W1, b1[:, None, :], W2, b2[:, None, :]
    for _ in range(steps):
        gradients = layer_mean_gradient(*parameters, *XOR)
        parameters = [
            step(one, gradient, learning_rate)
            for one, gradient in zip(parameters, gradients, strict=True)
        ]
    return ((forward(*parameters, XOR[0])[2] - XOR[1]) ** 2).mean(dim=(1, 2))
