"""The form in which training loops are handed in. Copy this head, then write your own cases."""
import copy, functools, itertools, math, random
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

WRONG, RIGHT = [], []

def squared_error(w, x, y): return (w * x - y) ** 2
def line_error(W, b, x, y): return (W * x + b - y) ** 2
def mean_squared_error(w, x, y): return ((w * x - y) ** 2).mean()
def matrix_error(W, X, Y): return ((X @ W - Y) ** 2).mean()
def loss_of(W, b, X, Y): return ((X @ W + b - Y) ** 2).mean()

torch.manual_seed(0)
X10 = torch.randn(10, 1)
Y10 = 2 * X10 + 1 + 0.1 * torch.randn(10, 1)
_W, _b = torch.tensor([[-0.45]]), torch.tensor([0.8])
xb, yb = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])
X3, Y3 = torch.tensor([[1.0, 1.2], [2.0, 1.2], [3.0, 1.3]]), torch.tensor([[2.0], [4.0], [6.0]])

SETUPS = {   # what check_descent is called with, beside the student's function; add your own
    "one": dict(loss=squared_error, wrt="w", at={"w": 1.0, "x": 1.0, "y": 2.0}, learning_rate=0.1, steps=4),
    "student": dict(loss=squared_error, wrt="w", at={"w": 1.0, "x": 2.0, "y": 4.0}, learning_rate=0.1, steps=3),
    "line": dict(loss=line_error, wrt=("W", "b"), at={"W": 0.5, "b": 0.0, "x": 1.0, "y": 2.0}, learning_rate=0.1, steps=5),
    "batch": dict(loss=mean_squared_error, wrt="w", at={"w": 1.0, "x": xb, "y": yb}, learning_rate=0.1, steps=3),
    "matrix": dict(loss=matrix_error, wrt="W", at={"W": torch.ones(2, 1), "X": X3, "Y": Y3}, learning_rate=0.1, steps=3),
    "ten": dict(loss=loss_of, wrt=("W", "b"), at={"W": _W, "b": _b, "X": X10, "Y": Y10}, learning_rate=0.01, steps=3),
}

def wrong(setup, what, **changes):
    def register(f):
        WRONG.append(dict(name=f.__name__, setup=setup, what=what, train=f, **{**SETUPS[setup], **changes}))
        return f
    return register

def right(setup, what, **changes):
    def register(f):
        RIGHT.append(dict(name=f.__name__, setup=setup, what=what, train=f, **{**SETUPS[setup], **changes}))
        return f
    return register

# train(**at, learning_rate=…, steps=…) returns a list with the parameter after each step
# (numbers or tensors; tuples in the order of wrt where there are several).

# setups of my own
def ridge_error(w, x, y, lam): return (w * x - y) ** 2 + lam * w ** 2
def logistic_error(w, x, y): return -(y * torch.log(torch.sigmoid(w * x)) + (1 - y) * torch.log(1 - torch.sigmoid(w * x))).mean()
def mean_line_error(w, b, x, y): return ((w * x + b - y) ** 2).mean()
def valley(w): return (w ** 2 - 2) ** 2

SETUPS["ridge"] = dict(loss=ridge_error, wrt="w", at={"w": 1.5, "x": 1.0, "y": 3.0, "lam": 0.5}, learning_rate=0.1, steps=4)
SETUPS["logit"] = dict(loss=logistic_error, wrt="w", at={"w": 0.5, "x": torch.tensor([-1.0, 0.5, 2.0]), "y": torch.tensor([0.0, 1.0, 1.0])}, learning_rate=0.5, steps=4)
SETUPS["hours"] = dict(loss=mean_line_error, wrt=("w", "b"), at={"w": 1.0, "b": 0.5, "x": xb, "y": torch.tensor([3.0, 5.0, 6.0])}, learning_rate=0.05, steps=4)
SETUPS["valley"] = dict(loss=valley, wrt="w", at={"w": 2.0}, learning_rate=0.02, steps=5)


# ---------------------------------------------------------------- wrong

@wrong("one", "the gradient is never reset, so the gradients add up")
def loop_01(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        weights.append(w.item())
    return weights

@wrong("one", "the update stands outside of no_grad")
def loop_02(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for i in range(steps):
        y_hat = w * x
        loss = (y_hat - y) ** 2
        loss.backward()
        w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("one", "the reset stands between backward and the update, so the step is zero")
def loop_03(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        w.grad.zero_()
        with torch.no_grad():
            w -= learning_rate * w.grad
        weights.append(w.item())
    return weights

@wrong("one", "w.grad.zero_() is the first line of the loop, when there is no gradient yet")
def loop_04(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        w.grad.zero_()
        loss = squared_error(w, x, y)
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        weights.append(w.item())
    return weights

@wrong("student", "the loss is computed once, above the loop")
def loop_05(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    loss = squared_error(w, x, y)
    for _ in range(steps):
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("student", "the loss stands above the loop and retain_graph silences the error, so the gradient stays the first one")
def loop_06(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    y_hat = w * x
    loss = (y_hat - y) ** 2
    for _ in range(steps):
        loss.backward(retain_graph=True)
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("one", "w = w - ... inside no_grad makes a new tensor that no longer requires a gradient")
def loop_07(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = squared_error(w, x, y)
        loss.backward()
        with torch.no_grad():
            w = w - learning_rate * w.grad
        weights.append(w.item())
    return weights

@wrong("one", "w = w - ... without no_grad makes w a result of the graph, whose .grad stays empty")
def loop_08(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for step in range(steps):
        loss = (w * x - y) ** 2
        loss.backward()
        w = w - learning_rate * w.grad
        weights.append(w.item())
    return weights

@wrong("student", "the update adds the gradient")
def loop_09(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w += learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("one", "the weight is kept before the update, so the list begins with the start")
def loop_10(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        weights.append(w.item())
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
    return weights

@wrong("one", "only the last weight is returned")
def loop_11(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
    return w.item()

@wrong("student", "return is indented into the loop, so it stops after the first step")
def loop_12(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = w - learning_rate * 2 * (w * x - y) * x
        weights.append(w)
        return weights

@wrong("batch", "append stands behind the loop, so only the last weight is kept")
def loop_13(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = mean_squared_error(w, x, y)
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
    weights.append(w.item())
    return weights

@wrong("one", "return is missing")
def loop_14(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    print(weights)

@wrong("batch", "the losses are returned in place of the weights")
def loop_15(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    losses = []
    for _ in range(steps):
        loss = mean_squared_error(w, x, y)
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        losses.append(loss.item())
    return losses

@wrong("valley", "the gradient is kept in place of the weight")
def loop_16(w, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    history = []
    for _ in range(steps):
        valley(w).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        history.append(w.grad.item())
        w.grad.zero_()
    return history

@wrong("one", "range(1, steps) makes one step too few")
def loop_17(w, x, y, learning_rate, steps):
    weights = []
    for i in range(1, steps):
        gradient = 2 * (w * x - y) * x
        w = w - learning_rate * gradient
        weights.append(w)
    return weights

@wrong("student", "range(steps + 1) makes one step too many")
def loop_18(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for epoch in range(steps + 1):
        loss = squared_error(w, x, y)
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
            w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("one", "the list is emptied in every turn")
def loop_19(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    for _ in range(steps):
        weights = []
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("valley", "the start stands in the list as its first entry")
def loop_20(w, learning_rate, steps):
    weights = [w]
    for _ in range(steps):
        w = w - learning_rate * 4 * w * (w ** 2 - 2)
        weights.append(w)
    return weights

@wrong("student", "the rate is typed in as 0.01 and the argument is ignored")
def loop_21(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= 0.01 * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("one", "the start is typed in as 1.0, so any other start is ignored")
def loop_22(w, x, y, learning_rate, steps):
    w = torch.tensor(1.0, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("one", "the tensor is made from the start again in every turn")
def loop_23(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        weight = torch.tensor(w, requires_grad=True)
        squared_error(weight, x, y).backward()
        with torch.no_grad():
            weight -= learning_rate * weight.grad
        weight.grad.zero_()
        weights.append(weight.item())
    return weights

@wrong("student", "the new weight is computed but assigned to nothing")
def loop_24(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w - learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("student", "=- typed for -=, so the weight is replaced by the negative step")
def loop_25(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        w.data =- learning_rate * w.grad
        w.grad = None
        weights.append(w.item())
    return weights

@wrong("one", "loss.backward without brackets is never called")
def loop_26(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = squared_error(w, x, y)
        loss.backward
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("batch", "optimizer.step without brackets is never called")
def loop_27(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=learning_rate)
    weights = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = mean_squared_error(w, x, y)
        loss.backward()
        optimizer.step
        weights.append(w.item())
    return weights

@wrong("batch", "optimizer.zero_grad without brackets is never called")
def loop_28(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    opt = torch.optim.SGD([w], lr=learning_rate)
    weights = []
    for _ in range(steps):
        opt.zero_grad
        mean_squared_error(w, x, y).backward()
        opt.step()
        weights.append(w.item())
    return weights

@wrong("one", "w.item without brackets puts the method into the list")
def loop_29(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item)
    return weights

@wrong("line", "zero_ without brackets: neither gradient is reset")
def loop_30(W, b, x, y, learning_rate, steps):
    W = torch.tensor(W, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    rows = []
    for _ in range(steps):
        line_error(W, b, x, y).backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
            b -= learning_rate * b.grad
        W.grad.zero_
        b.grad.zero_
        rows.append((W.item(), b.item()))
    return rows

@wrong("one", "torch.no_grad without brackets cannot be used with 'with'")
def loop_31(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad:
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("line", "zero_grad stands between backward and step, so nothing moves")
def loop_32(W, b, x, y, learning_rate, steps):
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=learning_rate)
    rows = []
    for _ in range(steps):
        loss = line_error(W, b, x, y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        rows.append((W.item(), b.item()))
    return rows

@wrong("student", "step comes before backward, so the first step does nothing and all others are late")
def loop_33(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=learning_rate)
    weights = []
    for _ in range(steps):
        loss = squared_error(w, x, y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        weights.append(w.item())
    return weights

@wrong("ten", "momentum=0.9 is given to SGD")
def loop_34(W, b, X, Y, learning_rate, steps):
    W = W.clone().requires_grad_()
    b = b.clone().requires_grad_()
    optimizer = torch.optim.SGD([W, b], lr=learning_rate, momentum=0.9)
    rows = []
    for epoch in range(steps):
        optimizer.zero_grad()
        loss = loss_of(W, b, X, Y)
        loss.backward()
        optimizer.step()
        rows.append((W.detach().clone(), b.detach().clone()))
    return rows

@wrong("ten", "Adam is used in place of SGD")
def loop_35(W, b, X, Y, learning_rate, steps):
    W = W.clone().requires_grad_()
    b = b.clone().requires_grad_()
    optimizer = torch.optim.Adam([W, b], lr=learning_rate)
    rows = []
    for epoch in range(steps):
        loss = loss_of(W, b, X, Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rows.append((W.detach().clone(), b.detach().clone()))
    return rows

@wrong("matrix", "lr is not given, so SGD takes its default")
def loop_36(W, X, Y, learning_rate, steps):
    W = W.clone().requires_grad_()
    optimizer = torch.optim.SGD([W])
    weights = []
    for _ in range(steps):
        optimizer.zero_grad()
        matrix_error(W, X, Y).backward()
        optimizer.step()
        weights.append(W.detach().clone())
    return weights

@wrong("hours", "weight_decay=0.01 is left over from a tutorial")
def loop_37(w, b, x, y, learning_rate, steps):
    w = nn.Parameter(torch.tensor(w))
    b = nn.Parameter(torch.tensor(b))
    optimizer = torch.optim.SGD([w, b], lr=learning_rate, weight_decay=0.01)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.mse_loss(w * x + b, y)
        loss.backward()
        optimizer.step()
        rows.append((w.item(), b.item()))
    return rows

@wrong("line", "the optimizer is given W alone, so b stays")
def loop_38(W, b, x, y, learning_rate, steps):
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    optimizer = torch.optim.SGD([W], lr=learning_rate)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        line_error(W, b, x, y).backward()
        optimizer.step()
        rows.append((W.item(), b.item()))
    return rows

@wrong("hours", "b is updated with the gradient of w, copied from the line above")
def loop_39(w, b, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    rows = []
    for _ in range(steps):
        loss = mean_line_error(w, b, x, y)
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
            b -= learning_rate * w.grad
        w.grad.zero_()
        b.grad.zero_()
        rows.append((w.item(), b.item()))
    return rows

@wrong("line", "W.grad is reset twice and b.grad never")
def loop_40(W, b, x, y, learning_rate, steps):
    W = torch.tensor(W, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    rows = []
    for _ in range(steps):
        line_error(W, b, x, y).backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
            b -= learning_rate * b.grad
        W.grad.zero_()
        W.grad.zero_()
        rows.append((W.item(), b.item()))
    return rows

@wrong("line", "W is updated first and the gradient of b is taken at the new W")
def loop_41(W, b, x, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        W = W - learning_rate * 2 * (W * x + b - y) * x
        b = b - learning_rate * 2 * (W * x + b - y)
        rows.append((W, b))
    return rows

@wrong("line", "the pairs are returned as (b, W)")
def loop_42(W, b, x, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        r = W * x + b - y
        W, b = W - learning_rate * 2 * r * x, b - learning_rate * 2 * r
        rows.append((b, W))
    return rows

@wrong("line", "W and b are appended one after the other in a flat list")
def loop_43(W, b, x, y, learning_rate, steps):
    W = torch.tensor(W, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    parameters = []
    for _ in range(steps):
        line_error(W, b, x, y).backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
            b -= learning_rate * b.grad
        W.grad = None
        b.grad = None
        parameters.append(W.item())
        parameters.append(b.item())
    return parameters

@wrong("hours", "two lists are returned in place of a list of pairs")
def loop_44(w, b, x, y, learning_rate, steps):
    w_list, b_list = [], []
    for _ in range(steps):
        error = w * x + b - y
        grad_w = 2 * (error * x).mean().item()
        grad_b = 2 * error.mean().item()
        w -= learning_rate * grad_w
        b -= learning_rate * grad_b
        w_list.append(w)
        b_list.append(b)
    return w_list, b_list

@wrong("line", "the derivative by b has a factor x too many")
def loop_45(W, b, x, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        r = W * x + b - y
        dW = 2 * r * x
        db = 2 * r * x
        W = W - learning_rate * dW
        b = b - learning_rate * db
        rows.append((W, b))
    return rows

@wrong("line", "backward is called once for each parameter on the same loss")
def loop_46(W, b, x, y, learning_rate, steps):
    W = torch.tensor(W, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    rows = []
    for _ in range(steps):
        loss = line_error(W, b, x, y)
        loss.backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
        loss.backward()
        with torch.no_grad():
            b -= learning_rate * b.grad
        W.grad.zero_()
        b.grad.zero_()
        rows.append((W.item(), b.item()))
    return rows

@wrong("student", "the factor 2 is missing in the derivative")
def loop_47(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = w - learning_rate * (w * x - y) * x
        weights.append(w)
    return weights

@wrong("student", "the residual is y - w*x and the step still has a minus")
def loop_48(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        error = y - w * x
        gradient = 2 * error * x
        w -= learning_rate * gradient
        weights.append(w)
    return weights

@wrong("student", "the residual keeps its square in the derivative")
def loop_49(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = w - learning_rate * 2 * (w * x - y) ** 2 * x
        weights.append(w)
    return weights

@wrong("student", "the gradient is computed once, above the loop")
def loop_50(w, x, y, learning_rate, steps):
    weights = []
    gradient = 2 * (w * x - y) * x
    for _ in range(steps):
        w = w - learning_rate * gradient
        weights.append(w)
    return weights

@wrong("student", "the brackets around the residual are missing")
def loop_51(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = w - learning_rate * 2 * w * x - y * x
        weights.append(w)
    return weights

@wrong("student", "the new weight goes into new_w and w itself never changes")
def loop_52(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        grad = 2 * (w * x - y) * x
        new_w = w - learning_rate * grad
        weights.append(new_w)
    return weights

@wrong("student", "the inner derivative is w in place of x")
def loop_53(w, x, y, learning_rate, steps):
    def gradient(w):
        return 2 * (w * x - y) * w
    weights = []
    for _ in range(steps):
        w = w - learning_rate * gradient(w)
        weights.append(w)
    return weights

@wrong("batch", "the gradients are summed and not averaged")
def loop_54(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        gradient = (2 * (w * x - y) * x).sum().item()
        w = w - learning_rate * gradient
        weights.append(w)
    return weights

@wrong("batch", "the weight is updated after every sample and not after the batch")
def loop_55(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        for xi, yi in zip(x, y):
            loss = (w * xi - yi) ** 2
            loss.backward()
            with torch.no_grad():
                w -= learning_rate * w.grad
            w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("batch", "the mean is missing by hand, so w becomes one weight per sample")
def loop_56(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = w - learning_rate * 2 * (w * x - y) * x
        weights.append(w)
    return weights

@wrong("batch", "the loss is left a vector, without mean")
def loop_57(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = (w * x - y) ** 2
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("batch", "the gradient is overwritten in the loop over samples, so only the last sample counts")
def loop_58(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        for i in range(len(x)):
            gradient = 2 * (w * x[i].item() - y[i].item()) * x[i].item()
        w = w - learning_rate * gradient
        weights.append(w)
    return weights

@wrong("batch", "total is not set back to 0 for each step")
def loop_59(w, x, y, learning_rate, steps):
    weights = []
    total = 0
    i = 0
    while i < steps:
        for xi, yi in zip(x.tolist(), y.tolist()):
            total += 2 * (w * xi - yi) * xi
        w = w - learning_rate * total / len(x)
        weights.append(w)
        i += 1
    return weights

@wrong("matrix", "Y is flattened, so the difference is broadcast to a table")
def loop_60(W, X, Y, learning_rate, steps):
    W = W.clone().requires_grad_()
    weights = []
    for _ in range(steps):
        y_hat = X @ W
        loss = ((y_hat - Y.flatten()) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
        W.grad.zero_()
        weights.append(W.detach().clone())
    return weights

@wrong("matrix", "the transpose of X is missing in the gradient")
def loop_61(W, X, Y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        W = W - learning_rate * 2 / len(X) * X @ (X @ W - Y)
        weights.append(W)
    return weights

@wrong("matrix", "W -= ... changes one tensor, and all entries of the list are that tensor")
def loop_62(W, X, Y, learning_rate, steps):
    W = W.clone()
    weights = []
    for _ in range(steps):
        gradient = 2 * X.T @ (X @ W - Y) / len(X)
        W -= learning_rate * gradient
        weights.append(W)
    return weights

@wrong("ten", "detach without clone shares memory, so every row shows the last values")
def loop_63(W, b, X, Y, learning_rate, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    rows = []
    for _ in range(steps):
        loss = loss_of(W, b, X, Y)
        loss.backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
            b -= learning_rate * b.grad
        W.grad = b.grad = None
        rows.append((W.detach(), b.detach()))
    return rows

@wrong("matrix", "divided by all entries of X and not by the number of rows")
def loop_64(W, X, Y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        r = X @ W - Y
        W = W - learning_rate * 2 * X.T @ r / X.numel()
        weights.append(W)
    return weights

@wrong("matrix", "requires_grad is missing on the copy of W")
def loop_65(W, X, Y, learning_rate, steps):
    W = W.clone()
    weights = []
    for _ in range(steps):
        matrix_error(W, X, Y).backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
        W.grad.zero_()
        weights.append(W.detach().clone())
    return weights

@wrong("matrix", "the layer keeps its own random start, W is never put in")
def loop_66(W, X, Y, learning_rate, steps):
    model = nn.Linear(2, 1, bias=False)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    weights = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(X), Y)
        loss.backward()
        optimizer.step()
        weights.append(model.weight.detach().clone().T)
    return weights

@wrong("matrix", "the layer has a bias that is trained along, though the model has none")
def loop_67(W, X, Y, learning_rate, steps):
    model = nn.Linear(2, 1)
    with torch.no_grad():
        model.weight.copy_(W.T)
        model.bias.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    weights = []
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(model(X), Y).backward()
        optimizer.step()
        weights.append(model.weight.detach().clone().T)
    return weights

@wrong("ten", "model.parameters without brackets is given to the optimizer")
def loop_68(W, b, X, Y, learning_rate, steps):
    model = nn.Linear(1, 1)
    model.weight.data = W.clone()
    model.bias.data = b.clone()
    optimizer = torch.optim.SGD(model.parameters, lr=learning_rate)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.MSELoss()(model(X), Y)
        loss.backward()
        optimizer.step()
        rows.append((model.weight.detach().clone(), model.bias.detach().clone()))
    return rows

@wrong("ten", "MSELoss with reduction='sum' in place of the mean")
def loop_69(W, b, X, Y, learning_rate, steps):
    model = nn.Linear(1, 1)
    model.weight.data = W.clone()
    model.bias.data = b.clone()
    criterion = nn.MSELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(X), Y)
        loss.backward()
        optimizer.step()
        rows.append((model.weight.detach().clone(), model.bias.detach().clone()))
    return rows

@wrong("ten", "only the first five samples are used")
def loop_70(W, b, X, Y, learning_rate, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    X, Y = X[:5], Y[:5]
    rows = []
    for _ in range(steps):
        loss_of(W, b, X, Y).backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
            b -= learning_rate * b.grad
        W.grad = b.grad = None
        rows.append((W.detach().clone(), b.detach().clone()))
    return rows

@wrong("ten", "the forward pass and backward stand inside no_grad too")
def loop_71(W, b, X, Y, learning_rate, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    rows = []
    for _ in range(steps):
        with torch.no_grad():
            loss = loss_of(W, b, X, Y)
            loss.backward()
            W -= learning_rate * W.grad
            b -= learning_rate * b.grad
        W.grad = b.grad = None
        rows.append((W.detach().clone(), b.detach().clone()))
    return rows

@wrong("ten", "the rate is made smaller after every step")
def loop_72(W, b, X, Y, learning_rate, steps):
    rows = []
    for epoch in range(steps):
        r = X @ W + b - Y
        W = W - learning_rate * 2 * (r * X).mean()
        b = b - learning_rate * 2 * r.mean()
        learning_rate = learning_rate * 0.9
        rows.append((W, b))
    return rows

@wrong("logit", "the autograd gradient is multiplied by 2 again")
def loop_73(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = logistic_error(w, x, y)
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * 2 * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("student", "the comprehension always starts from the same w")
def loop_74(w, x, y, learning_rate, steps):
    def one_step(w):
        return w - learning_rate * 2 * (w * x - y) * x
    return [one_step(w) for _ in range(steps)]

@wrong("student", "the loop variable is called x and overwrites the sample")
def loop_75(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for x in range(steps):
        loss = (w * x - y) ** 2
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("one", "lr is not defined, the argument is called learning_rate")
def loop_76(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("one", "weights = weights.append(...) makes the list None")
def loop_77(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = w - learning_rate * 2 * (w * x - y) * x
        weights = weights.append(w)
    return weights

@wrong("one", "^ is typed for the power")
def loop_78(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = (w * x - y) ^ 2
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("student", "the loss is turned into a number by item() before backward")
def loop_79(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = squared_error(w, x, y).item()
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@wrong("ridge", "the derivative of the penalty is forgotten")
def loop_80(w, x, y, lam, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = w - learning_rate * 2 * (w * x - y) * x
        weights.append(w)
    return weights

@wrong("hours", "the two gradients are unpacked in the wrong order")
def loop_81(w, b, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    rows = []
    for _ in range(steps):
        loss = mean_line_error(w, b, x, y)
        grad_b, grad_w = torch.autograd.grad(loss, (w, b))
        with torch.no_grad():
            w -= learning_rate * grad_w
            b -= learning_rate * grad_b
        rows.append((w.item(), b.item()))
    return rows

@wrong("valley", "the central difference is divided by h and not by 2h")
def loop_82(w, learning_rate, steps):
    h = 1e-4
    weights = []
    i = 0
    while i < steps:
        slope = (valley(w + h) - valley(w - h)) / h
        w = w - learning_rate * slope
        weights.append(w)
        i = i + 1
    return weights


# ---------------------------------------------------------------- right

@right("one", "zeroes at the start of the turn, if there is a gradient")
def good_01(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        if w.grad is not None:
            w.grad.zero_()
        squared_error(w, x, y).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        weights.append(w.item())
    return weights

@right("student", "residual turned round and a plus in the update")
def good_02(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        error = y - w * x
        w += learning_rate * 2 * error * x
        weights.append(w)
    return weights

@right("student", "a fresh tensor in every turn, made from the newest weight")
def good_03(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = torch.tensor(w, requires_grad=True)
        squared_error(w, x, y).backward()
        w = w.item() - learning_rate * w.grad.item()
        weights.append(w)
    return weights

@right("one", "the update by .data")
def good_04(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = (y - x * w) ** 2
        loss.backward()
        w.data -= learning_rate * w.grad
        w.grad = None
        weights.append(w.item())
    return weights

@right("line", "both by hand, residual first")
def good_05(W, b, x, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        r = W * x + b - y
        W -= learning_rate * 2 * r * x
        b -= learning_rate * 2 * r
        rows.append((W, b))
    return rows

@right("line", "torch.optim.SGD on both, zero_grad at the end")
def good_06(W, b, x, y, learning_rate, steps):
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=learning_rate)
    rows = []
    for _ in range(steps):
        line_error(W, b, x, y).backward()
        optimizer.step()
        optimizer.zero_grad()
        rows.append((W.item(), b.item()))
    return rows

@right("batch", "one backward per sample on a third of its loss, one update")
def good_07(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        for xi, yi in zip(x, y):
            loss = (w * xi - yi) ** 2 / len(x)
            loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights

@right("batch", "while loop, plain Python numbers")
def good_08(w, x, y, learning_rate, steps):
    weights = []
    while len(weights) < steps:
        total = 0
        for xi, yi in zip(x.tolist(), y.tolist()):
            total += 2 * (w * xi - yi) * xi
        w = w - learning_rate * total / len(x)
        weights.append(w)
    return weights

@right("matrix", "the matrix formula")
def good_09(W, X, Y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        grad = 2 / X.shape[0] * X.T @ (X @ W - Y)
        W = W - learning_rate * grad
        weights.append(W)
    return weights

@right("matrix", "nn.Linear without bias, started at W")
def good_10(W, X, Y, learning_rate, steps):
    model = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(W.T)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    weights = []
    for _ in range(steps):
        optimizer.zero_grad()
        nn.MSELoss()(model(X), Y).backward()
        optimizer.step()
        weights.append(model.weight.detach().clone().T)
    return weights

@right("ten", "torch.autograd.grad and new tensors")
def good_11(W, b, X, Y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        W = W.detach().clone().requires_grad_()
        b = b.detach().clone().requires_grad_()
        grad_W, grad_b = torch.autograd.grad(loss_of(W, b, X, Y), (W, b))
        W = W - learning_rate * grad_W
        b = b - learning_rate * grad_b
        rows.append((W.detach(), b.detach()))
    return rows

@right("ten", "W = W - ... inside no_grad, requires_grad set again")
def good_12(W, b, X, Y, learning_rate, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    rows = []
    for epoch in range(steps):
        loss = loss_of(W, b, X, Y)
        loss.backward()
        with torch.no_grad():
            W = W - learning_rate * W.grad
            b = b - learning_rate * b.grad
        W.requires_grad_()
        b.requires_grad_()
        rows.append((W.detach(), b.detach()))
    return rows

@right("logit", "the derivative by hand in a helper")
def good_13(w, x, y, learning_rate, steps):
    def slope(w):
        return ((torch.sigmoid(w * x) - y) * x).mean().item()
    weights = [0.0] * steps
    for i in range(steps):
        w = w - learning_rate * slope(w)
        weights[i] = w
    return weights

@right("hours", "two lists, zipped at the end")
def good_14(w, b, x, y, learning_rate, steps):
    w, b = torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True)
    ws, bs = [], []
    for _ in range(steps):
        loss = F.mse_loss(w * x + b, y)
        loss.backward()
        for p in (w, b):
            p.data = p.data - learning_rate * p.grad
            p.grad = None
        ws.append(w.item())
        bs.append(b.item())
    return list(zip(ws, bs))

@right("valley", "the assignment expression in a comprehension")
def good_15(w, learning_rate, steps):
    return [w := w - learning_rate * 4 * w * (w ** 2 - 2) for _ in range(steps)]
