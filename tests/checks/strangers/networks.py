"""Answers as students hand them in, for lessons 07 to 12: DERIVATIVES, LOOPS (wrong), RIGHT.

Every source runs in a namespace with torch, math, nn, F, optim and all names of this module.
Two lessons have a function `forward`. Here `forward` is that of lesson 09, and that of lesson 12
is called `forward_12`. The data of the lessons are not named X, Y, x, y here, on purpose.
"""

import math

import torch
from torch import nn, optim

F = torch.nn.functional

# ---------------------------------------------------------------- lesson 07


def relu(z):
    return max(z, 0.0)


def bent_error(w, b, x, y):
    return (torch.relu(w * x + b) - y) ** 2


def bent_mean(w, b, x, y):
    return ((torch.relu(w * x + b) - y) ** 2).mean()


def sigmoid_error(w, b, x, y):
    return (torch.sigmoid(w * x + b) - y) ** 2


def leaky_mean(w, b, x, y):
    z = w * x + b
    return ((torch.where(z > 0, z, 0.01 * z) - y) ** 2).mean()


example = {"w": 2.0, "b": -1.0, "x": 3.0, "y": 3.0}
cars = {"w": 2.0, "b": 1.0, "x": torch.tensor([1.0, 2.0, 3.0]), "y": torch.tensor([0.0, 1.0, 2.0])}
at_sigmoid = {"w": 2.0, "b": -1.0, "x": 1.0, "y": 0.0}

# ---------------------------------------------------------------- lesson 08


def network(w1, b1, w2, b2, v1, v2, c, x):
    h1 = torch.relu(w1 * x + b1)
    h2 = torch.relu(w2 * x + b2)
    return v1 * h1 + v2 * h2 + c


def network_error(w1, b1, w2, b2, v1, v2, c, x, y):
    return (network(w1, b1, w2, b2, v1, v2, c, x) - y) ** 2


def network_mean(w1, b1, w2, b2, v1, v2, c, x, y):
    return ((network(w1, b1, w2, b2, v1, v2, c, x) - y) ** 2).mean()


def tanh_error(w1, b1, w2, b2, v1, v2, c, x, y):
    h1, h2 = torch.tanh(w1 * x + b1), torch.tanh(w2 * x + b2)
    return (v1 * h1 + v2 * h2 + c - y) ** 2


def shared_error(w, b1, b2, v1, v2, x, y):
    return (v1 * torch.relu(w * x + b1) + v2 * torch.relu(w * x + b2) - y) ** 2


def deep_error(w, b, u, a, v, c, x, y):
    g = torch.relu(u * torch.relu(w * x + b) + a)
    return (v * g + c - y) ** 2


names_08 = ("w1", "b1", "w2", "b2", "v1", "v2", "c")
start_08 = {"w1": -1.0, "b1": 5.0, "w2": 2.0, "b2": 1.0, "v1": -3.0, "v2": 2.0, "c": 0.0}
sample = {**start_08, "x": 2.0, "y": 0.0}
small_08 = {"w1": 0.5, "b1": -1.0, "w2": -1.0, "b2": 1.5, "v1": 2.0, "v2": -1.0, "c": 0.5}
small_08 |= {"x": 1.0, "y": 0.0}
shared = {"w": 1.0, "b1": 1.0, "b2": -1.0, "v1": 2.0, "v2": -3.0, "x": 2.0, "y": 1.0}
deep = {"w": 1.0, "b": 0.5, "u": 2.0, "a": -1.0, "v": -1.0, "c": 3.0, "x": 1.0, "y": 2.0}
tent = {"w1": 1.0, "b1": 0.5, "w2": 1.0, "b2": -0.5, "v1": 1.0, "v2": -1.0, "c": 0.0}
tent |= {"x": torch.tensor([0.0, 1.0, 2.0]), "y": torch.tensor([0.0, 1.0, 0.0])}

# ---------------------------------------------------------------- lesson 09


def forward(W1, b1, W2, b2, X):
    Z = X @ W1 + b1
    H = torch.relu(Z)
    return Z, H, H @ W2 + b2


def layer_loss(W1, b1, W2, b2, X, Y):
    return ((forward(W1, b1, W2, b2, X)[2] - Y) ** 2).mean()


def tanh_loss(W1, b1, W2, b2, X, Y):
    return ((torch.tanh(X @ W1 + b1) @ W2 + b2 - Y) ** 2).mean()


names = ("W1", "b1", "W2", "b2")
three = {
    "W1": torch.tensor([[1.0, -1.0, 0.5], [1.0, -1.0, -1.5]]),
    "b1": torch.tensor([-0.5, 0.5, 0.25]),
    "W2": torch.tensor([[-1.0], [-1.0], [2.0]]),
    "b2": torch.tensor([0.0]),
    "X": torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
    "Y": torch.tensor([[0.0], [1.0], [1.0], [0.0]]),
}

# ---------------------------------------------------------------- lesson 10


def cross_entropy(z, y):
    p = torch.sigmoid(z)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def yes_no_loss(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def table_loss(W, b, X, Y):
    P = torch.sigmoid(X @ W + b)
    return -(Y * torch.log(P) + (1 - Y) * torch.log(1 - P)).mean()


hours, passed = torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0.0, 1.0, 0.0, 1.0])
students = {"w": 0.0, "b": 0.0, "x": hours, "y": passed}
night = {"W": torch.tensor([[0.2], [0.1]]), "b": torch.tensor([-1.0])}
night["X"] = torch.tensor([[1.0, 8.0], [2.0, 7.0], [3.0, 4.0], [4.0, 6.0]])
night["Y"] = passed.reshape(4, 1)

# ---------------------------------------------------------------- lesson 11

one_hot = torch.nn.functional.one_hot


def softmax(z):
    return torch.exp(z) / torch.exp(z).sum()


def safe_softmax(z):
    z = z - z.max()
    return torch.exp(z) / torch.exp(z).sum()


def loss_of_scores(z, right):
    return -torch.log(softmax(z)[right])


def softmax_rows(S):
    return torch.exp(S) / torch.exp(S).sum(dim=1, keepdim=True)


def coin_loss(W, b, X, Y):
    P = softmax_rows(X @ W + b)
    right = P[torch.arange(len(X)), Y]
    return -torch.log(right).mean()


def warm_loss(z, right, temperature):
    return -torch.log(safe_softmax(z / temperature)[right])


coin = {"z": torch.tensor([0.0, math.log(2), math.log(5)]), "right": torch.tensor(1)}
warm = {**coin, "temperature": 2.0}
coins = {"W": torch.tensor([[-0.5, 0.2, 0.4]]), "b": torch.tensor([0.1, 0.3, -0.2])}
coins["X"] = torch.tensor([[-1.9], [-1.8], [-0.4], [-0.2], [1.7], [1.9]])
coins["Y"] = torch.tensor([0, 0, 1, 1, 2, 2])

# ---------------------------------------------------------------- lesson 12


def mean_loss(S, Y):
    return nn.functional.cross_entropy(S, Y)


def forward_12(W1, b1, W2, b2, X):
    H = torch.tanh(X @ W1 + b1)
    return H, H @ W2 + b2


def network_loss(W1, b1, W2, b2, X, Y):
    return mean_loss(forward_12(W1, b1, W2, b2, X)[1], Y)


def relu_loss(W1, b1, W2, b2, X, Y):
    return mean_loss(torch.relu(X @ W1 + b1) @ W2 + b2, Y)


def line_loss(W, b, X, Y):
    return nn.functional.mse_loss(X @ W + b, Y)


def spiral():
    t = torch.linspace(0, 1, 50)
    arms = []
    for k in range(3):
        r, angle = 0.1 + 0.9 * t, 4 * t + 2 * math.pi / 3 * k
        arms.append(torch.stack([r * torch.cos(angle), r * torch.sin(angle)], dim=1))
    return torch.cat(arms), torch.arange(3).repeat_interleave(50)


def _data_12():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        points, classes = spiral()
        net = {"W1": torch.randn(2, 16), "b1": torch.zeros(16)}
        net |= {"W2": torch.randn(16, 3), "b2": torch.zeros(3)}
        net |= {"X": points[::10], "Y": classes[::10]}
        torch.manual_seed(9)
        row = {"W": torch.randn(1, 1), "b": torch.randn(1)}
        torch.manual_seed(0)
        row["X"] = torch.randn(10, 1)
        row["Y"] = 2 * row["X"] + 1 + 0.1 * torch.randn(10, 1)
    return net, row


network_12, line = _data_12()

# ---------------------------------------------------------------- the tasks

TASKS = {
    "bent": ("07", bent_error, ("w", "b"), example),
    "bent_mean": ("07", bent_mean, ("w", "b"), cars),
    "sigmoid": ("07", sigmoid_error, ("w", "b"), at_sigmoid),
    "leaky": ("07", leaky_mean, ("w", "b"), cars),
    "net": ("08", network_error, names_08, sample),
    "by_x": ("08", network_error, "x", sample),
    "tanh_08": ("08", tanh_error, names_08, small_08),
    "shared": ("08", shared_error, "w", shared),
    "deep": ("08", deep_error, ("w", "b", "u", "a", "v", "c"), deep),
    "tent": ("08", network_mean, names_08, tent),
    "layer": ("09", layer_loss, names, three),
    "tanh_09": ("09", tanh_loss, names, three),
    "yes_no": ("10", yes_no_loss, ("w", "b"), students),
    "tables": ("10", table_loss, ("W", "b"), night),
    "scores": ("11", loss_of_scores, "z", coin),
    "coins": ("11", coin_loss, ("W", "b"), coins),
    "warm": ("11", warm_loss, "z", warm),
    "spiral": ("12", network_loss, names, network_12),
    "relu_12": ("12", relu_loss, names, network_12),
    "line": ("12", line_loss, ("W", "b"), line),
}
RATES = {"bent_mean": 0.1, "tent": 0.05, "layer": 0.1, "yes_no": 0.5, "coins": 1.0}
RATES |= {"spiral": 1.0, "line": 0.01}

DERIVATIVES, LOOPS, RIGHT = [], [], []


def _entry(task, name, what, source):
    lesson, loss, wrt, at = TASKS[task]
    entry = {"name": name, "lesson": lesson, "loss": loss, "wrt": wrt, "at": dict(at)}
    return entry | {"source": source.strip("\n") + "\n", "what": what}


def _wrong(task, name, what, source):
    DERIVATIVES.append(_entry(task, name, what, source))


def _loop(task, name, what, source):
    LOOPS.append(_entry(task, name, what, source) | {"learning_rate": RATES[task], "steps": 3})


def _right(task, name, what, source):
    kind = "loop" if source.strip().startswith("def train") else "derivative"
    entry = _entry(task, name, what, source) | {"kind": kind}
    if kind == "loop":
        entry |= {"learning_rate": RATES[task], "steps": 3}
    RIGHT.append(entry)


# ================================================================ wrong derivatives, lesson 07

_wrong("bent", "07_relu_as_its_own_slope", "The value of relu is multiplied in where its slope belongs.", """
def gradient(w, b, x, y):
    z = w * x + b
    d_z = 2 * (torch.relu(z) - y) * torch.relu(z)
    return d_z * x, d_z
""")

_wrong("bent", "07_brackets_round_residual", "The brackets round the residual are missing, so 2 belongs to relu alone and the slope to y alone.", """
def gradient(w, b, x, y):
    z = w * x + b
    d_z = 2 * torch.relu(z) - y * (z > 0)
    return d_z * x, d_z
""")

_wrong("bent", "07_compares_x", "The slope asks whether x is positive, where it should ask for z.", """
def gradient(w, b, x, y):
    y_hat = torch.relu(w * x + b)
    return 2 * (y_hat - y) * (x > 0) * x, 2 * (y_hat - y) * (x > 0)
""")

_wrong("bent", "07_slope_for_w_only", "The derivative by b has no slope of the bend, only that by w has it.", """
def gradient(w, b, x, y):
    z = w * x + b
    r = torch.relu(z) - y
    return 2 * r * (z > 0) * x, 2 * r
""")

_wrong("bent", "07_no_two_and_swapped", "Two mistakes: the 2 of the square is missing, and b comes before w.", """
def gradient(w, b, x, y):
    z = w * x + b
    d_z = (torch.relu(z) - y) * (z > 0)
    return d_z, d_z * x
""")

_wrong("sigmoid", "07_sigmoid_applied_twice", "The slope is taken with the sigmoid of s, where s itself is already the sigmoid.", """
def gradient_sigmoid(w, b, x, y):
    s = torch.sigmoid(w * x + b)
    slope = torch.sigmoid(s) * (1 - torch.sigmoid(s))
    return 2 * (s - y) * slope * x, 2 * (s - y) * slope
""")

_wrong("sigmoid", "07_slope_of_tanh", "It is the slope of tanh, 1 - s**2, behind a sigmoid.", """
def gradient_sigmoid(w, b, x, y):
    s = torch.sigmoid(w * x + b)
    d_z = 2 * (s - y) * (1 - s**2)
    return d_z * x, d_z
""")

_wrong("leaky", "07_leak_forgotten", "The slope of the left piece is 0 as for relu, where it should be 0.01.", """
def gradient_leaky(w, b, x, y):
    z = w * x + b
    y_hat = torch.where(z > 0, z, 0.01 * z)
    d_z = 2 * (y_hat - y) * (z > 0)
    return (d_z * x).mean(), d_z.mean()
""")

_wrong("leaky", "07_product_of_means", "By w it is the mean of d_z times the mean of x, not the mean of the products.", """
def gradient_leaky(w, b, x, y):
    z = w * x + b
    y_hat = torch.where(z > 0, z, 0.01 * z)
    d_z = 2 * (y_hat - y) * torch.where(z > 0, 1.0, 0.01)
    d_b = d_z.mean()
    d_w = d_b * x.mean()
    return d_w, d_b
""")

_wrong("leaky", "07_if_on_a_tensor", "A plain if asks a tensor of three truth values, so Python raises an error.", """
def gradient_leaky(w, b, x, y):
    z = w * x + b
    y_hat = torch.where(z > 0, z, 0.01 * z)
    if z > 0:
        slope = 1
    else:
        slope = 0.01
    d_z = 2 * (y_hat - y) * slope
    return (d_z * x).mean(), d_z.mean()
""")

# ================================================================ wrong derivatives, lesson 08

_wrong("net", "08_order_weights_first", "The values are right, but in the order w1, w2, b1, b2 in place of w1, b1, w2, b2.", """
def gradient(w1, b1, w2, b2, v1, v2, c, x, y):
    z1, z2 = w1 * x + b1, w2 * x + b2
    h1, h2 = torch.relu(z1), torch.relu(z2)
    d_y_hat = 2 * (v1 * h1 + v2 * h2 + c - y)
    d_z1 = d_y_hat * v1 * (z1 > 0)
    d_z2 = d_y_hat * v2 * (z2 > 0)
    return d_z1 * x, d_z2 * x, d_z1, d_z2, d_y_hat * h1, d_y_hat * h2, d_y_hat
""")

_wrong("net", "08_copied_mask", "The line for the second neuron was copied and still asks whether the first one is on.", """
def gradient(w1, b1, w2, b2, v1, v2, c, x, y):
    z1, z2 = w1 * x + b1, w2 * x + b2
    h1, h2 = torch.relu(z1), torch.relu(z2)
    d_y_hat = 2 * (v1 * h1 + v2 * h2 + c - y)
    d_z1 = d_y_hat * v1 * (z1 > 0)
    d_z2 = d_y_hat * v2 * (z1 > 0)
    return d_z1 * x, d_z1, d_z2 * x, d_z2, d_y_hat * h1, d_y_hat * h2, d_y_hat
""")

_wrong("net", "08_c_forgotten_forward", "The prediction is computed without c, which shows only where c is not 0.", """
def gradient(w1, b1, w2, b2, v1, v2, c, x, y):
    z1, z2 = w1 * x + b1, w2 * x + b2
    h1, h2 = torch.relu(z1), torch.relu(z2)
    y_hat = v1 * h1 + v2 * h2
    d_y_hat = 2 * (y_hat - y)
    d_z1 = d_y_hat * v1 * (z1 > 0)
    d_z2 = d_y_hat * v2 * (z2 > 0)
    return d_z1 * x, d_z1, d_z2 * x, d_z2, d_y_hat * h1, d_y_hat * h2, d_y_hat
""")

_wrong("net", "08_h_on_the_way_back", "Back into the neurons it multiplies by h, where v belongs, and by v it returns v, where h belongs.", """
def gradient(w1, b1, w2, b2, v1, v2, c, x, y):
    z1, z2 = w1 * x + b1, w2 * x + b2
    h1, h2 = torch.relu(z1), torch.relu(z2)
    d_y_hat = 2 * (v1 * h1 + v2 * h2 + c - y)
    d_z1 = d_y_hat * h1 * (z1 > 0)
    d_z2 = d_y_hat * h2 * (z2 > 0)
    return d_z1 * x, d_z1, d_z2 * x, d_z2, d_y_hat * v1, d_y_hat * v2, d_y_hat
""")

_wrong("net", "08_c_times_c", "By c it multiplies by c itself, as if the factor of a bias were the bias and not 1.", """
def gradient(w1, b1, w2, b2, v1, v2, c, x, y):
    z1, z2 = w1 * x + b1, w2 * x + b2
    h1, h2 = torch.relu(z1), torch.relu(z2)
    d_y_hat = 2 * (v1 * h1 + v2 * h2 + c - y)
    d_z1 = d_y_hat * v1 * (z1 > 0)
    d_z2 = d_y_hat * v2 * (z2 > 0)
    return d_z1 * x, d_z1, d_z2 * x, d_z2, d_y_hat * h1, d_y_hat * h2, d_y_hat * c
""")

_wrong("by_x", "08_by_x_without_weights", "The last factor of each path, w1 and w2, is missing.", """
def gradient_by_x(w1, b1, w2, b2, v1, v2, c, x, y):
    z1, z2 = w1 * x + b1, w2 * x + b2
    d_y_hat = 2 * (network(w1, b1, w2, b2, v1, v2, c, x) - y)
    return d_y_hat * v1 * (z1 > 0) + d_y_hat * v2 * (z2 > 0)
""")

_wrong("by_x", "08_by_x_two_values", "The two paths are returned as two values and are not added.", """
def gradient_by_x(w1, b1, w2, b2, v1, v2, c, x, y):
    z1, z2 = w1 * x + b1, w2 * x + b2
    d_y_hat = 2 * (network(w1, b1, w2, b2, v1, v2, c, x) - y)
    return d_y_hat * v1 * (z1 > 0) * w1, d_y_hat * v2 * (z2 > 0) * w2
""")

_wrong("tanh_08", "08_tanh_square_outside", "The slope is written (1 - h)**2 in place of 1 - h**2.", """
def gradient_tanh(w1, b1, w2, b2, v1, v2, c, x, y):
    h1, h2 = torch.tanh(w1 * x + b1), torch.tanh(w2 * x + b2)
    d_y_hat = 2 * (v1 * h1 + v2 * h2 + c - y)
    d_z1 = d_y_hat * v1 * (1 - h1)**2
    d_z2 = d_y_hat * v2 * (1 - h2)**2
    return d_z1 * x, d_z1, d_z2 * x, d_z2, d_y_hat * h1, d_y_hat * h2, d_y_hat
""")

_wrong("shared", "08_shared_one_slope", "Both paths go through the slope of the first neuron, since v1 and v2 were factored out.", """
def gradient_shared(w, b1, b2, v1, v2, x, y):
    z1, z2 = w * x + b1, w * x + b2
    d_y_hat = 2 * (v1 * torch.relu(z1) + v2 * torch.relu(z2) - y)
    return d_y_hat * (v1 + v2) * (z1 > 0) * x
""")

_wrong("deep", "08_deep_u_forgotten", "Two mistakes: on the way from s to h the factor u is missing, and by v it takes s in place of g.", """
def gradient_deep(w, b, u, a, v, c, x, y):
    z = w * x + b
    h = torch.relu(z)
    s = u * h + a
    g = torch.relu(s)
    d_y_hat = 2 * (v * g + c - y)
    d_s = d_y_hat * v * (s > 0)
    d_z = d_s * (z > 0)
    return d_z * x, d_z, d_s * h, d_s, d_y_hat * s, d_y_hat
""")

# ================================================================ wrong derivatives, lesson 09

_wrong("layer", "09_turned_then_reshaped", "The product for W1 is transposed, and reshape forces the right shape on the wrong places.", """
def gradient(W1, b1, W2, b2, X, Y):
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    d_Z = (d_Y_hat @ W2.T) * (Z > 0)
    d_W1 = (d_Z.T @ X).reshape(W1.shape)
    return d_W1, d_Z.sum(dim=0), H.T @ d_Y_hat, d_Y_hat.sum(dim=0)
""")

_wrong("layer", "09_sum_without_dim", "The bias b1 gets the sum of the whole table, one number for all neurons, since dim=0 is missing.", """
def gradient(W1, b1, W2, b2, X, Y):
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    d_Z = (d_Y_hat @ W2.T) * (Z > 0)
    return X.T @ d_Z, d_Z.sum(), H.T @ d_Y_hat, d_Y_hat.sum()
""")

_wrong("layer", "09_sum_along_rows", "The biases get the sums of the rows, dim=1, so there is one number for each sample.", """
def gradient(W1, b1, W2, b2, X, Y):
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    d_Z = (d_Y_hat @ W2.T) * (Z > 0)
    return X.T @ d_Z, d_Z.sum(dim=1), H.T @ d_Y_hat, d_Y_hat.sum(dim=1)
""")

_wrong("layer", "09_mean_twice_for_biases", "The biases are divided by N a second time, by mean in place of sum.", """
def gradient(W1, b1, W2, b2, X, Y):
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    d_Z = (d_Y_hat @ W2.T) * (Z > 0)
    return X.T @ d_Z, d_Z.mean(dim=0), H.T @ d_Y_hat, d_Y_hat.mean(dim=0)
""")

_wrong("layer", "09_divided_by_columns", "It divides by the number of inputs, X.shape[1], in place of the number of samples.", """
def gradient(W1, b1, W2, b2, X, Y):
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / X.shape[1]
    d_Z = (d_Y_hat @ W2.T) * (Z > 0)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_Y_hat, d_Y_hat.sum(dim=0)
""")

_wrong("layer", "09_sign_as_slope", "The slope is torch.sign(Z), which is -1 where a neuron is off, in place of 0.", """
def gradient(W1, b1, W2, b2, X, Y):
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    d_Z = (d_Y_hat @ W2.T) * torch.sign(Z)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_Y_hat, d_Y_hat.sum(dim=0)
""")

_wrong("layer", "09_no_transpose", "W2 is not transposed, so torch refuses the product of (4, 1) and (3, 1).", """
def gradient(W1, b1, W2, b2, X, Y):
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    d_Z = (d_Y_hat @ W2) * (Z > 0)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_Y_hat, d_Y_hat.sum(dim=0)
""")

_wrong("tanh_09", "09_tanh_brackets", "The brackets round 1 - H**2 are missing, so H**2 is subtracted from the product.", """
def gradient_tanh(W1, b1, W2, b2, X, Y):
    H = torch.tanh(X @ W1 + b1)
    d_Y_hat = 2 * (H @ W2 + b2 - Y) / len(X)
    d_Z = (d_Y_hat @ W2.T) * 1 - H**2
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_Y_hat, d_Y_hat.sum(dim=0)
""")

_wrong("tanh_09", "09_tanh_keeps_relu_slope", "The comparison of relu was kept as the slope of tanh.", """
def gradient_tanh(W1, b1, W2, b2, X, Y):
    H = torch.tanh(X @ W1 + b1)
    d_Y_hat = 2 * (H @ W2 + b2 - Y) / len(X)
    d_Z = (d_Y_hat @ W2.T) * (H > 0)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_Y_hat, d_Y_hat.sum(dim=0)
""")

_wrong("tanh_09", "09_tanh_bend_for_b1_only", "The slope of the bend is in the derivative by b1 and is missing in that by W1.", """
def gradient_tanh(W1, b1, W2, b2, X, Y):
    H = torch.tanh(X @ W1 + b1)
    d_Y_hat = 2 * (H @ W2 + b2 - Y) / len(X)
    d_H = d_Y_hat @ W2.T
    d_Z = d_H * (1 - H**2)
    return X.T @ d_H, d_Z.sum(dim=0), H.T @ d_Y_hat, d_Y_hat.sum(dim=0)
""")

# ================================================================ wrong derivatives, lesson 10

_wrong("yes_no", "10_two_left_over", "A factor 2 is left over from the squared error.", """
def gradient(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    d_z = 2 * (p - y)
    return (d_z * x).mean(), d_z.mean()
""")

_wrong("yes_no", "10_minus_of_the_inside", "The inner derivative of 1 - p, which is -1, is forgotten, so the two terms are added.", """
def gradient(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    d_p = -(y / p + (1 - y) / (1 - p))
    d_z = d_p * p * (1 - p)
    return (d_z * x).mean(), d_z.mean()
""")

_wrong("yes_no", "10_stops_at_p", "It stops at the derivative by p: the slope of the sigmoid is missing.", """
def gradient(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    d_p = -(y / p - (1 - y) / (1 - p))
    return (d_p * x).mean(), d_p.mean()
""")

_wrong("yes_no", "10_mean_forgotten", "Each derivative is a row with one number for each student, since the mean is missing.", """
def gradient(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    return (p - y) * x, p - y
""")

_wrong("yes_no", "10_rounded_answer", "It takes the decision 0 or 1 in place of the probability.", """
def gradient(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    answer = (p > 0.5).float()
    d_z = answer - y
    return (d_z * x).mean(), d_z.mean()
""")

_wrong("yes_no", "10_mean_times_mean", "By w it multiplies the mean of p - y by the mean of x.", """
def gradient(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    d_z = (p - y).mean()
    return d_z * x.mean(), d_z
""")

_wrong("tables", "10_global_targets", "It subtracts the row `passed` of the notebook from a column, so P - passed is a table of 4 by 4.", """
def gradient_tables(W, b, X, Y):
    P = torch.sigmoid(X @ W + b)
    d_Z = (P - passed) / len(X)
    return X.T @ d_Z, d_Z.sum(dim=0)
""")

_wrong("tables", "10_squeezed", "Only P was flattened, so P - Y is a table of 4 by 4, and sums over it are hidden by sum(dim=1).", """
def gradient_tables(W, b, X, Y):
    P = torch.sigmoid(X @ W + b).flatten()
    d_Z = (P - Y) / len(X)
    return (X.T @ d_Z).sum(dim=1, keepdim=True), d_Z.sum().reshape(1)
""")

_wrong("tables", "10_tables_no_n", "Two mistakes: nothing is divided by the number of students, and the residual is turned round.", """
def gradient_tables(W, b, X, Y):
    P = torch.sigmoid(X @ W + b)
    d_Z = Y - P
    return X.T @ d_Z, d_Z.sum(dim=0)
""")

_wrong("tables", "10_slope_and_row", "Two mistakes: the cancelled slope is multiplied in once more, and the result for W is a row.", """
def gradient_tables(W, b, X, Y):
    P = torch.sigmoid(X @ W + b)
    d_Z = (P - Y) * P * (1 - P) / len(X)
    return d_Z.T @ X, d_Z.sum(dim=0)
""")

# ================================================================ wrong derivatives, lesson 11

_wrong("scores", "11_minus_class_number", "It subtracts the number of the right class in place of its one-hot row.", """
def gradient(z, right):
    target = one_hot(right, 3)
    return softmax(z) - right
""")

_wrong("scores", "11_right_entry_only", "It returns the slope of the right score alone, one number in place of three.", """
def gradient(z, right):
    p = softmax(z)
    return p[right] - 1
""")

_wrong("scores", "11_no_softmax", "The scores themselves stand where the probabilities should be.", """
def gradient(z, right):
    target = one_hot(right, 3)
    return z - target
""")

_wrong("scores", "11_stops_at_p", "It is the derivative by the probabilities: the way back through softmax is missing.", """
def gradient(z, right):
    target = one_hot(right, 3)
    return -target / softmax(z)
""")

_wrong("warm", "11_warm_brackets", "Without brackets only the one-hot row is divided by the temperature.", """
def gradient_warm(z, right, temperature):
    target = one_hot(right, 3)
    return safe_softmax(z / temperature) - target / temperature
""")

_wrong("warm", "11_warm_cold_softmax", "The probabilities are computed from z, not from z / temperature.", """
def gradient_warm(z, right, temperature):
    target = one_hot(right, 3)
    p = safe_softmax(z)
    return (p - target) / temperature
""")

_wrong("coins", "11_softmax_down_columns", "Softmax goes down the columns, dim=0, where each coin should have its own.", """
def gradient_coins(W, b, X, Y):
    P = torch.softmax(X @ W + b, dim=0)
    d_S = (P - one_hot(Y, 3)) / len(X)
    return X.T @ d_S, d_S.sum(dim=0)
""")

_wrong("coins", "11_colon_for_rows", "P[:, Y] takes whole columns, so 1 is subtracted from every entry and not from one in each row.", """
def gradient_coins(W, b, X, Y):
    P = softmax_rows(X @ W + b)
    P[:, Y] -= 1
    d_S = P / len(X)
    return X.T @ d_S, d_S.sum(dim=0)
""")

_wrong("coins", "11_bias_keeps_dim", "The derivative by b has the shape (1, 3) where b has (3,).", """
def gradient_coins(W, b, X, Y):
    P = softmax_rows(X @ W + b)
    d_S = (P - one_hot(Y, 3)) / len(X)
    return X.T @ d_S, d_S.sum(dim=0, keepdim=True)
""")

_wrong("coins", "11_divided_by_classes_mean_for_b", "Two mistakes: by W it divides by the three classes, and by b it is divided twice.", """
def gradient_coins(W, b, X, Y):
    P = softmax_rows(X @ W + b)
    d_S = (P - one_hot(Y, 3)) / 3
    return X.T @ d_S, d_S.mean(dim=0)
""")

# ================================================================ wrong derivatives, lesson 12

_wrong("spiral", "12_no_softmax", "The one-hot rows are subtracted from the scores: softmax is missing.", """
def gradient(W1, b1, W2, b2, X, Y):
    H, S = forward_12(W1, b1, W2, b2, X)
    d_S = (S - one_hot(Y, 3)) / len(X)
    d_Z = (d_S @ W2.T) * (1 - H**2)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)
""")

_wrong("spiral", "12_tanh_of_tanh", "The slope takes tanh of H once more, though H is already what tanh gave.", """
def gradient(W1, b1, W2, b2, X, Y):
    H, S = forward_12(W1, b1, W2, b2, X)
    d_S = (torch.softmax(S, dim=1) - one_hot(Y, 3)) / len(X)
    d_Z = (d_S @ W2.T) * (1 - torch.tanh(H)**2)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)
""")

_wrong("spiral", "12_relu_slope_left", "The slope of relu was copied from lesson 09, where the bend is a tanh.", """
def gradient(W1, b1, W2, b2, X, Y):
    H, S = forward_12(W1, b1, W2, b2, X)
    d_S = (torch.softmax(S, dim=1) - one_hot(Y, 3)) / len(X)
    d_Z = (d_S @ W2.T) * (H > 0)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)
""")

_wrong("spiral", "12_wrong_dim_and_two", "Two mistakes: softmax goes down the columns, and a 2 is left over from the squared error.", """
def gradient(W1, b1, W2, b2, X, Y):
    H, S = forward_12(W1, b1, W2, b2, X)
    d_S = 2 * (torch.softmax(S, dim=0) - one_hot(Y, 3)) / len(X)
    d_Z = (d_S @ W2.T) * (1 - H**2)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)
""")

_wrong("spiral", "12_undefined_z", "Z is used and was never computed, so Python raises a NameError.", """
def gradient(W1, b1, W2, b2, X, Y):
    H, S = forward_12(W1, b1, W2, b2, X)
    d_S = (torch.softmax(S, dim=1) - one_hot(Y, 3)) / len(X)
    d_Z = (d_S @ W2.T) * (1 - torch.tanh(Z)**2)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)
""")

_wrong("spiral", "12_n_forgotten", "The division by the number of points is missing.", """
def gradient(W1, b1, W2, b2, X, Y):
    H, S = forward_12(W1, b1, W2, b2, X)
    d_S = torch.softmax(S, dim=1)
    d_S[torch.arange(len(X)), Y] -= 1
    d_Z = (d_S @ W2.T) * (1 - H**2)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)
""")

_wrong("spiral", "12_entries_mixed_up", "X and H are exchanged as entries, so the tables for W1 and W2 have wrong shapes.", """
def gradient(W1, b1, W2, b2, X, Y):
    H, S = forward_12(W1, b1, W2, b2, X)
    d_S = (torch.softmax(S, dim=1) - one_hot(Y, 3)) / len(X)
    d_Z = (d_S @ W2.T) * (1 - H**2)
    return H.T @ d_Z, d_Z.sum(dim=0), X.T @ d_S, d_S.sum(dim=0)
""")

_wrong("relu_12", "12_relu_with_tanh_forward", "H and the scores come from forward, which has a tanh in it, and only the slope is that of relu.", """
def gradient_relu(W1, b1, W2, b2, X, Y):
    Z = X @ W1 + b1
    H, S = forward_12(W1, b1, W2, b2, X)
    d_S = (torch.softmax(S, dim=1) - one_hot(Y, 3)) / len(X)
    d_Z = (d_S @ W2.T) * (Z > 0)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)
""")

_wrong("relu_12", "12_z_for_h_by_w2", "By W2 it multiplies by Z, where H belongs.", """
def gradient_relu(W1, b1, W2, b2, X, Y):
    Z = X @ W1 + b1
    S = torch.relu(Z) @ W2 + b2
    d_S = (torch.softmax(S, dim=1) - one_hot(Y, 3)) / len(X)
    d_Z = (d_S @ W2.T) * (Z > 0)
    return X.T @ d_Z, d_Z.sum(dim=0), Z.T @ d_S, d_S.sum(dim=0)
""")

_wrong("relu_12", "12_softmax_slope_too_many", "The slope P (1 - P) is multiplied in, though it has already cancelled.", """
def gradient_relu(W1, b1, W2, b2, X, Y):
    Z = X @ W1 + b1
    H = torch.relu(Z)
    P = torch.softmax(H @ W2 + b2, dim=1)
    d_S = (P - one_hot(Y, 3)) * P * (1 - P) / len(X)
    d_Z = (d_S @ W2.T) * (H > 0)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)
""")

# ================================================================ wrong loops, lesson 07

_loop("bent_mean", "07_loop_new_w_for_b", "The residual is computed anew between the two updates, so b takes its step with the new w.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        z = w * x + b
        w = w - learning_rate * (2 * (torch.relu(z) - y) * (z > 0) * x).mean()
        z = w * x + b
        b = b - learning_rate * (2 * (torch.relu(z) - y) * (z > 0)).mean()
        pairs.append((w, b))
    return pairs
""")

_loop("bent_mean", "07_loop_return_in_loop", "The return is indented too far, so only one step is taken.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        z = w * x + b
        d_z = 2 * (torch.relu(z) - y) * (z > 0)
        w = w - learning_rate * (d_z * x).mean()
        b = b - learning_rate * d_z.mean()
        pairs.append((w, b))
        return pairs
""")

_loop("bent_mean", "07_loop_slope_forgotten", "The slope of the bend is missing, which shows only where a car has its neuron off.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        r = torch.relu(w * x + b) - y
        w = w - learning_rate * (2 * r * x).mean()
        b = b - learning_rate * (2 * r).mean()
        pairs.append((w, b))
    return pairs
""")

_loop("bent_mean", "07_loop_append_first", "The pair is stored before the step, so the list begins with the start and lacks the last step.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        pairs.append((w, b))
        z = w * x + b
        d_z = 2 * (torch.relu(z) - y) * (z > 0)
        w = w - learning_rate * (d_z * x).mean()
        b = b - learning_rate * d_z.mean()
    return pairs
""")

_loop("bent_mean", "07_loop_plus", "Two mistakes: the steps go up the slope, and the two derivatives are sums in place of means.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        z = w * x + b
        d_z = 2 * (torch.relu(z) - y) * (z > 0)
        w = w + learning_rate * (d_z * x).sum()
        b = b + learning_rate * d_z.sum()
        pairs.append((w, b))
    return pairs
""")

# ================================================================ wrong loops, lesson 08

_loop("tent", "08_loop_new_v_on_the_way_back", "v1 and v2 take their step first, and their new values are used on the way back.", """
def train_by_hand(w1, b1, w2, b2, v1, v2, c, x, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        z1, z2 = w1 * x + b1, w2 * x + b2
        h1, h2 = torch.relu(z1), torch.relu(z2)
        d_y_hat = 2 * (v1 * h1 + v2 * h2 + c - y)
        v1 = v1 - learning_rate * (d_y_hat * h1).mean()
        v2 = v2 - learning_rate * (d_y_hat * h2).mean()
        c = c - learning_rate * d_y_hat.mean()
        d_z1 = d_y_hat * v1 * (z1 > 0)
        d_z2 = d_y_hat * v2 * (z2 > 0)
        w1, b1 = w1 - learning_rate * (d_z1 * x).mean(), b1 - learning_rate * d_z1.mean()
        w2, b2 = w2 - learning_rate * (d_z2 * x).mean(), b2 - learning_rate * d_z2.mean()
        rows.append((w1, b1, w2, b2, v1, v2, c))
    return rows
""")

_loop("tent", "08_loop_copied_w1", "The update of w2 was copied from that of w1 and still begins at w1.", """
def train_by_hand(w1, b1, w2, b2, v1, v2, c, x, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        z1, z2 = w1 * x + b1, w2 * x + b2
        h1, h2 = torch.relu(z1), torch.relu(z2)
        d_y_hat = 2 * (v1 * h1 + v2 * h2 + c - y)
        d_z1 = d_y_hat * v1 * (z1 > 0)
        d_z2 = d_y_hat * v2 * (z2 > 0)
        w1 = w1 - learning_rate * (d_z1 * x).mean()
        b1 = b1 - learning_rate * d_z1.mean()
        w2 = w1 - learning_rate * (d_z2 * x).mean()
        b2 = b2 - learning_rate * d_z2.mean()
        v1 = v1 - learning_rate * (d_y_hat * h1).mean()
        v2 = v2 - learning_rate * (d_y_hat * h2).mean()
        c = c - learning_rate * d_y_hat.mean()
        rows.append((w1, b1, w2, b2, v1, v2, c))
    return rows
""")

_loop("tent", "08_loop_c_stays", "c is never updated.", """
def train_by_hand(w1, b1, w2, b2, v1, v2, c, x, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        z1, z2 = w1 * x + b1, w2 * x + b2
        h1, h2 = torch.relu(z1), torch.relu(z2)
        d_y_hat = 2 * (v1 * h1 + v2 * h2 + c - y)
        d_z1 = d_y_hat * v1 * (z1 > 0)
        d_z2 = d_y_hat * v2 * (z2 > 0)
        w1, b1 = w1 - learning_rate * (d_z1 * x).mean(), b1 - learning_rate * d_z1.mean()
        w2, b2 = w2 - learning_rate * (d_z2 * x).mean(), b2 - learning_rate * d_z2.mean()
        v1 = v1 - learning_rate * (d_y_hat * h1).mean()
        v2 = v2 - learning_rate * (d_y_hat * h2).mean()
        rows.append((w1, b1, w2, b2, v1, v2, c))
    return rows
""")

# ================================================================ wrong loops, lesson 09

_loop("layer", "09_loop_new_w2", "W2 is updated before d_Z is computed, so its new value is used on the way back.", """
def train_by_hand(W1, b1, W2, b2, X, Y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        Z, H, Y_hat = forward(W1, b1, W2, b2, X)
        d_Y_hat = 2 * (Y_hat - Y) / len(X)
        W2 = W2 - learning_rate * H.T @ d_Y_hat
        b2 = b2 - learning_rate * d_Y_hat.sum(dim=0)
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        W1 = W1 - learning_rate * X.T @ d_Z
        b1 = b1 - learning_rate * d_Z.sum(dim=0)
        rows.append((W1, b1, W2, b2))
    return rows
""")

_loop("layer", "09_loop_in_place", "The steps are taken in place, so every row of the list holds the same four tensors, and the given ones are moved.", """
def train_by_hand(W1, b1, W2, b2, X, Y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        Z, H, Y_hat = forward(W1, b1, W2, b2, X)
        d_Y_hat = 2 * (Y_hat - Y) / len(X)
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        W1 -= learning_rate * X.T @ d_Z
        b1 -= learning_rate * d_Z.sum(dim=0)
        W2 -= learning_rate * H.T @ d_Y_hat
        b2 -= learning_rate * d_Y_hat.sum(dim=0)
        rows.append((W1, b1, W2, b2))
    return rows
""")

_loop("layer", "09_loop_new_names", "The new tables have other names and are never handed on, so each step begins at the start.", """
def train_by_hand(W1, b1, W2, b2, X, Y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        Z, H, Y_hat = forward(W1, b1, W2, b2, X)
        d_Y_hat = 2 * (Y_hat - Y) / len(X)
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        W1_new = W1 - learning_rate * X.T @ d_Z
        b1_new = b1 - learning_rate * d_Z.sum(dim=0)
        W2_new = W2 - learning_rate * H.T @ d_Y_hat
        b2_new = b2 - learning_rate * d_Y_hat.sum(dim=0)
        rows.append((W1_new, b1_new, W2_new, b2_new))
    return rows
""")

_loop("layer", "09_loop_forward_once", "The forward pass stands in front of the loop, so the residuals and Z are never renewed.", """
def train_by_hand(W1, b1, W2, b2, X, Y, learning_rate, steps):
    rows = []
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    for _ in range(steps):
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        W1, b1 = W1 - learning_rate * X.T @ d_Z, b1 - learning_rate * d_Z.sum(dim=0)
        W2 = W2 - learning_rate * H.T @ d_Y_hat
        b2 = b2 - learning_rate * d_Y_hat.sum(dim=0)
        rows.append((W1, b1, W2, b2))
    return rows
""")

_loop("layer", "09_loop_own_rate", "Rate and number of steps are typed in as 0.1 and 3, and the arguments are not used.", """
def train_by_hand(W1, b1, W2, b2, X, Y, learning_rate, steps):
    rows = []
    for _ in range(3):
        Z, H, Y_hat = forward(W1, b1, W2, b2, X)
        d_Y_hat = 2 * (Y_hat - Y) / len(X)
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        d_W2, d_b2 = H.T @ d_Y_hat, d_Y_hat.sum(dim=0)
        W1, b1 = W1 - 0.1 * X.T @ d_Z, b1 - 0.1 * d_Z.sum(dim=0)
        W2, b2 = W2 - 0.1 * d_W2, b2 - 0.1 * d_b2
        rows.append((W1, b1, W2, b2))
    return rows
""")

_loop("layer", "09_loop_rate_missing_order", "Two mistakes: the biases move without the learning rate, and the rows have the order W1, W2, b1, b2.", """
def train_by_hand(W1, b1, W2, b2, X, Y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        Z, H, Y_hat = forward(W1, b1, W2, b2, X)
        d_Y_hat = 2 * (Y_hat - Y) / len(X)
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        W1 = W1 - learning_rate * X.T @ d_Z
        b1 = b1 - d_Z.sum(dim=0)
        W2 = W2 - learning_rate * H.T @ d_Y_hat
        b2 = b2 - d_Y_hat.sum(dim=0)
        rows.append((W1, W2, b1, b2))
    return rows
""")

# ================================================================ wrong loops, lesson 10

_loop("yes_no", "10_loop_p_before", "p is computed once in front of the loop, so all steps use the first residuals.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    pairs = []
    p = torch.sigmoid(w * x + b)
    for _ in range(steps):
        d_z = p - y
        w = w - learning_rate * (d_z * x).mean()
        b = b - learning_rate * d_z.mean()
        pairs.append((w, b))
    return pairs
""")

_loop("yes_no", "10_loop_second_p", "p is computed a second time after w has moved, and b takes its step with that.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        w = w - learning_rate * ((torch.sigmoid(w * x + b) - y) * x).mean()
        b = b - learning_rate * (torch.sigmoid(w * x + b) - y).mean()
        pairs.append((w, b))
    return pairs
""")

_loop("yes_no", "10_loop_last_pair", "Only the last pair is returned, not the list of all pairs.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    for _ in range(steps):
        d_z = torch.sigmoid(w * x + b) - y
        w = w - learning_rate * (d_z * x).mean()
        b = b - learning_rate * d_z.mean()
    return w, b
""")

_loop("yes_no", "10_loop_list_is_none", "pairs = pairs.append(...) makes pairs None, so the second step raises an error.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        d_z = torch.sigmoid(w * x + b) - y
        w = w - learning_rate * (d_z * x).mean()
        b = b - learning_rate * d_z.mean()
        pairs = pairs.append((w, b))
    return pairs
""")

# ================================================================ wrong loops, lesson 11

_loop("coins", "11_loop_gradients_stored", "The list holds the gradients of each step, not the parameters after it.", """
def train_by_hand(W, b, X, Y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        P = softmax_rows(X @ W + b)
        d_S = (P - one_hot(Y, 3)) / len(X)
        d_W, d_b = X.T @ d_S, d_S.sum(dim=0)
        W = W - learning_rate * d_W
        b = b - learning_rate * d_b
        pairs.append((d_W, d_b))
    return pairs
""")

_loop("coins", "11_loop_mean_for_b", "The step of b is divided by the number of coins twice.", """
def train_by_hand(W, b, X, Y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        P = softmax_rows(X @ W + b)
        d_S = (P - one_hot(Y, 3)) / len(X)
        W = W - learning_rate * X.T @ d_S
        b = b - learning_rate * d_S.mean(dim=0)
        pairs.append((W, b))
    return pairs
""")

_loop("coins", "11_loop_bias_not_in_scores", "The scores are computed without b.", """
def train_by_hand(W, b, X, Y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        P = softmax_rows(X @ W)
        d_S = (P - one_hot(Y, 3)) / len(X)
        W = W - learning_rate * X.T @ d_S
        b = b - learning_rate * d_S.sum(dim=0)
        pairs.append((W, b))
    return pairs
""")

_loop("coins", "11_loop_one_step_short", "range(1, steps) takes one step too few.", """
def train_by_hand(W, b, X, Y, learning_rate, steps):
    pairs = []
    for k in range(1, steps):
        P = softmax_rows(X @ W + b)
        d_S = (P - one_hot(Y, 3)) / len(X)
        W = W - learning_rate * X.T @ d_S
        b = b - learning_rate * d_S.sum(dim=0)
        pairs.append((W, b))
    return pairs
""")

# ================================================================ wrong loops, lesson 12

_loop("spiral", "12_loop_no_reset", "zero_grad is missing, so the gradients of all steps add up.", """
def train_network(W1, b1, W2, b2, X, Y, learning_rate, steps):
    parts = [one.clone().requires_grad_() for one in (W1, b1, W2, b2)]
    optimizer = optim.SGD(parts, lr=learning_rate)
    rows = []
    for _ in range(steps):
        network_loss(*parts, X, Y).backward()
        optimizer.step()
        rows.append(tuple(one.detach().clone() for one in parts))
    return rows
""")

_loop("spiral", "12_loop_reset_too_late", "zero_grad stands between backward and step, so nothing moves.", """
def train_network(W1, b1, W2, b2, X, Y, learning_rate, steps):
    parts = [one.clone().requires_grad_() for one in (W1, b1, W2, b2)]
    optimizer = optim.SGD(parts, lr=learning_rate)
    rows = []
    for _ in range(steps):
        loss = network_loss(*parts, X, Y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        rows.append(tuple(one.detach().clone() for one in parts))
    return rows
""")

_loop("spiral", "12_loop_detach_only", "detach without clone shares its numbers with the parameter, so every row shows the end.", """
def train_network(W1, b1, W2, b2, X, Y, learning_rate, steps):
    parts = [one.clone().requires_grad_() for one in (W1, b1, W2, b2)]
    optimizer = optim.SGD(parts, lr=learning_rate)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        network_loss(*parts, X, Y).backward()
        optimizer.step()
        rows.append(tuple(one.detach() for one in parts))
    return rows
""")

_loop("spiral", "12_loop_softmax_before_loss", "cross_entropy gets probabilities in place of scores, so softmax is applied twice.", """
def train_network(W1, b1, W2, b2, X, Y, learning_rate, steps):
    parts = [one.clone().requires_grad_() for one in (W1, b1, W2, b2)]
    optimizer = optim.SGD(parts, lr=learning_rate)
    loss_function = nn.CrossEntropyLoss()
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        H, S = forward_12(*parts, X)
        loss = loss_function(torch.softmax(S, dim=1), Y)
        loss.backward()
        optimizer.step()
        rows.append(tuple(one.detach().clone() for one in parts))
    return rows
""")

_loop("spiral", "12_loop_rate_not_given", "SGD is not given the learning rate, so torch takes its own, 0.001 (older versions raise an error).", """
def train_network(W1, b1, W2, b2, X, Y, learning_rate, steps):
    parts = [one.clone().requires_grad_() for one in (W1, b1, W2, b2)]
    optimizer = optim.SGD(parts)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        network_loss(*parts, X, Y).backward()
        optimizer.step()
        rows.append(tuple(one.detach().clone() for one in parts))
    return rows
""")

_loop("spiral", "12_loop_graph_used_twice", "The loss is computed once in front of the loop, so the second backward raises an error.", """
def train_network(W1, b1, W2, b2, X, Y, learning_rate, steps):
    parts = [one.clone().requires_grad_() for one in (W1, b1, W2, b2)]
    optimizer = optim.SGD(parts, lr=learning_rate)
    loss = network_loss(*parts, X, Y)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rows.append(tuple(one.detach().clone() for one in parts))
    return rows
""")

_loop("line", "12_loop_momentum", "It is SGD with momentum, which takes other steps than plain descent from the second step on.", """
def train(W, b, X, Y, learning_rate, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    optimizer = optim.SGD([W, b], lr=learning_rate, momentum=0.9)
    pairs = []
    for _ in range(steps):
        optimizer.zero_grad()
        line_loss(W, b, X, Y).backward()
        optimizer.step()
        pairs.append((W.detach().clone(), b.detach().clone()))
    return pairs
""")

_loop("line", "12_loop_model_of_its_own", "The model draws its own random start, and the given W and b are never used.", """
def train(W, b, X, Y, learning_rate, steps):
    model = nn.Linear(1, 1)
    loss_function = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=learning_rate)
    pairs = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_function(model(X), Y)
        loss.backward()
        optimizer.step()
        pairs.append((model.weight.detach().clone(), model.bias.detach().clone()))
    return pairs
""")

# ================================================================ right ones

_right("bent", "right_07_if_and_zeros", "Right: a plain if on one number, and whole zeros from Python where the neuron is off.", """
def gradient(w, b, x, y):
    z = w * x + b
    if z <= 0:
        return 0, 0
    return 2 * (z - y) * x, 2 * (z - y)
""")

_right("bent", "right_07_plain_relu", "Right: the relu of step 3 in plain Python, and a list in place of a pair.", """
def gradient(w, b, x, y):
    y_hat = relu(w * x + b)
    d_z = 2 * (y_hat - y) * (y_hat > 0)
    return [x * d_z, d_z]
""")

_right("leaky", "right_07_leak_as_sum", "Right: the slope is 0.01 + 0.99 times a comparison, and a dot product divided by the number is the mean.", """
def gradient_leaky(w, b, x, y):
    z = w * x + b
    slope = 0.01 + 0.99 * (z > 0)
    d_z = 2 * (slope * z - y) * slope / len(x)
    return d_z @ x, sum(d_z)
""")

_right("net", "right_08_autograd_inside", "Right: it lets autograd do it, on copies of the seven numbers.", """
def gradient(w1, b1, w2, b2, v1, v2, c, x, y):
    parts = [torch.as_tensor(one).detach().clone().requires_grad_() for one in (w1, b1, w2, b2, v1, v2, c)]
    return torch.autograd.grad(network_error(*parts, x, y), parts)
""")

_right("by_x", "right_08_by_x_sum", "Right: the paths are added in a loop over the neurons, with an integer 0 to begin with.", """
def gradient_by_x(w1, b1, w2, b2, v1, v2, c, x, y):
    d_x = 0
    d_y_hat = 2 * (network(w1, b1, w2, b2, v1, v2, c, x) - y)
    for w, b, v in [(w1, b1, v1), (w2, b2, v2)]:
        if w * x + b > 0:
            d_x += d_y_hat * v * w
    return d_x
""")

_right("tanh_08", "right_08_tanh_cosh", "Right: 1 / cosh(z)**2 is the slope of tanh, and relations between the seven are used.", """
def gradient_tanh(w1, b1, w2, b2, v1, v2, c, x, y):
    z1, z2 = w1 * x + b1, w2 * x + b2
    h1, h2 = torch.tanh(z1), torch.tanh(z2)
    d_c = 2 * (v1 * h1 + v2 * h2 + c - y)
    d_b1 = d_c * v1 / torch.cosh(z1)**2
    d_b2 = d_c * v2 / torch.cosh(z2)**2
    return x * d_b1, d_b1, x * d_b2, d_b2, h1 * d_c, h2 * d_c, d_c
""")

_right("layer", "right_09_masked_in_place", "Right: a column times a row by broadcasting, then zeros written where the neurons are off.", """
def gradient(W1, b1, W2, b2, X, Y):
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = (Y_hat - Y) * 2 / Y.shape[0]
    d_Z = d_Y_hat * W2.flatten()
    d_Z[H == 0] = 0
    return (d_Z.T @ X).T, d_Z.sum(0), (d_Y_hat.T @ H).T, d_Y_hat.sum(0)
""")

_right("layer", "right_09_sample_by_sample", "Right: one sample after the other, with outer products added up in place.", """
def gradient(W1, b1, W2, b2, X, Y):
    d_W1, d_b1 = torch.zeros_like(W1), torch.zeros_like(b1)
    d_W2, d_b2 = torch.zeros_like(W2), torch.zeros_like(b2)
    for x, y in zip(X, Y):
        z = x @ W1 + b1
        h = torch.relu(z)
        d_y_hat = 2 * (h @ W2 + b2 - y) / len(X)
        d_z = (W2 @ d_y_hat) * (z > 0)
        d_W1 += torch.outer(x, d_z)
        d_b1 += d_z
        d_W2 += torch.outer(h, d_y_hat)
        d_b2 += d_y_hat
    return d_W1, d_b1, d_W2, d_b2
""")

_right("tanh_09", "right_09_einsum", "Right: einsum for the products, a row of ones for the sums, and (1 + H)(1 - H) for the slope.", """
def gradient_tanh(W1, b1, W2, b2, X, Y):
    H = torch.tanh(X @ W1 + b1)
    d_Y_hat = 2 * (H @ W2 + b2 - Y) / len(X)
    d_Z = torch.einsum("no,ho->nh", d_Y_hat, W2) * (1 + H) * (1 - H)
    ones = torch.ones_like(Y).T
    return (torch.einsum("ni,nh->ih", X, d_Z), (ones @ d_Z)[0],
            torch.einsum("nh,no->ho", H, d_Y_hat), (ones @ d_Y_hat)[0])
""")

_right("yes_no", "right_10_not_cancelled", "Right: the chain is written out with nothing cancelled.", """
def gradient(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    d_p = -y / p + (1 - y) / (1 - p)
    d_z = d_p * p * (1 - p)
    return torch.mean(d_z * x), torch.mean(d_z)
""")

_right("tables", "right_10_mean_of_rows", "Right: broadcasting and a mean down the columns in place of a product, and W gets its column shape back.", """
def gradient_tables(W, b, X, Y):
    R = torch.sigmoid(X @ W + b) - Y
    return (R * X).mean(dim=0)[:, None], R.mean(axis=0)
""")

_right("scores", "right_11_list_of_three", "Right: three numbers, one by one, with 1 taken off at the right place, stacked at the end.", """
def gradient(z, right):
    e = [math.e ** score for score in z]
    slopes = [one / sum(e) for one in e]
    slopes[int(right)] = slopes[int(right)] - 1
    return torch.stack(slopes)
""")

_right("coins", "right_11_minus_one_in_place", "Right: 1 is subtracted in place at the right entry of each row, and the division comes last.", """
def gradient_coins(W, b, X, Y):
    P = F.softmax(X @ W + b, dim=-1)
    P[range(len(X)), Y] -= 1
    return X.T @ P / len(X), P.mean(dim=0)
""")

_right("relu_12", "right_12_sign_of_h", "Right: sign(H) is 1 where the neuron is on and 0 elsewhere, and the one-hot rows come from an identity table.", """
def gradient_relu(W1, b1, W2, b2, X, Y):
    H = (X @ W1 + b1).clamp(min=0)
    d_S = (torch.log_softmax(H @ W2 + b2, 1).exp() - torch.eye(3)[Y]) / Y.numel()
    d_Z = d_S.matmul(W2.t()).mul(torch.sign(H))
    return X.t().mm(d_Z), d_Z.sum(0), H.t().mm(d_S), d_S.sum(0)
""")

_right("bent_mean", "right_07_loop_floats", "Right: plain Python numbers all the way, car by car, in a while loop.", """
def train_by_hand(w, b, x, y, learning_rate, steps):
    w, b, pairs = float(w), float(b), []
    while len(pairs) < steps:
        d_w = d_b = 0.0
        for hour, fee in zip(x.tolist(), y.tolist()):
            z = w * hour + b
            if z > 0:
                d_w += 2 * (z - fee) * hour / len(x)
                d_b += 2 * (z - fee) / len(x)
        w, b = w - learning_rate * d_w, b - learning_rate * d_b
        pairs.append([w, b])
    return pairs
""")

_right("layer", "right_09_loop_in_place_on_copies", "Right: the steps are in place, but on copies, and copies are stored.", """
def train_by_hand(W1, b1, W2, b2, X, Y, learning_rate, steps):
    W1, b1, W2, b2 = W1.clone(), b1.clone(), W2.clone(), b2.clone()
    rows = []
    for _ in range(steps):
        Z, H, Y_hat = forward(W1, b1, W2, b2, X)
        d_Y_hat = 2 * (Y_hat - Y) / len(X)
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        W2 -= learning_rate * H.T @ d_Y_hat
        b2 -= learning_rate * d_Y_hat.sum(dim=0)
        W1 -= learning_rate * X.T @ d_Z
        b1 -= learning_rate * d_Z.sum(dim=0)
        rows += [(W1.clone(), b1.clone(), W2.clone(), b2.clone())]
    return rows
""")

_right("coins", "right_11_loop_recursive", "Right: one step, and then the function calls itself for the others.", """
def train_by_hand(W, b, X, Y, learning_rate, steps):
    if steps == 0:
        return []
    d_S = (softmax_rows(X @ W + b) - one_hot(Y, 3)) / len(X)
    W, b = W - learning_rate * (X.T @ d_S), b - learning_rate * d_S.sum(dim=0)
    return [(W, b)] + train_by_hand(W, b, X, Y, learning_rate, steps - 1)
""")

_right("spiral", "right_12_loop_optimizer_in_loop", "Right: new leaves and a new optimizer in each pass, which plain SGD does not mind, and nothing to reset.", """
def train_network(W1, b1, W2, b2, X, Y, learning_rate, steps):
    parts, rows = (W1, b1, W2, b2), []
    for _ in range(steps):
        parts = [nn.Parameter(one.detach().clone()) for one in parts]
        optimizer = optim.SGD(parts, lr=learning_rate)
        network_loss(*parts, X, Y).backward()
        optimizer.step()
        rows.append(parts)
    return rows
""")

_right("spiral", "right_12_loop_sequential", "Right: the network of step 5 with the start copied in, and the weights turned back for the list.", """
def train_network(W1, b1, W2, b2, X, Y, learning_rate, steps):
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 3))
    with torch.no_grad():
        for parameter, start in zip(model.parameters(), [W1.T, b1, W2.T, b2]):
            parameter.copy_(start)
    loss_function = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=learning_rate)
    rows = []
    for _ in range(steps):
        loss = loss_function(model(X), Y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        rows.append([p.detach().clone().T if p.dim() == 2 else p.detach().clone() for p in model.parameters()])
    return rows
""")

_right("line", "right_12_loop_data_attribute", "Right: no optimizer, updates through .data, and .grad set back by hand.", """
def train(W, b, X, Y, learning_rate, steps):
    W = torch.nn.Parameter(W.clone())
    b = torch.nn.Parameter(b.clone())
    pairs = []
    for _ in range(steps):
        ((X @ W + b - Y) ** 2).mean().backward()
        for one in (W, b):
            one.data = one.data - learning_rate * one.grad
            one.grad = None
        pairs.append((W.data, b.data))
    return pairs
""")
