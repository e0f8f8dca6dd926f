"""Derivatives as students hand them in."""
import math
import numpy as np
import torch
import torch.nn.functional as F

CASES = []

def case(kind, group, name, loss, wrt, at, what, **kw):
    def deco(f):
        CASES.append(dict(name=name, kind=kind, group=group, loss=loss, wrt=wrt, at=at, manual=f, what=what, kw=kw))
        return f
    return deco

def wrong(*a, **k): return case("wrong", *a, **k)
def right(*a, **k): return case("right", *a, **k)

T = torch.tensor

# ------------------------------------------------------------------ losses of the lessons
def square(x): return x**2
def se(w, x, y): return (w * x - y) ** 2
def squared_weight(w, x, y): return (w**2 * x - y) ** 2
def polynomial(x): return x**2 + 2 * x + 1
def cubic(x): return x**3 - 4 * x
def line_loss(w, b, x, y): return (w * x + b - y) ** 2
def own_bias(w, x, y): return (w * x + w - y) ** 2
def square_three_times(x):
    for _ in range(3):
        x = x**2
    return x
def se_bias(W, b, x, y): return (W * x + b - y) ** 2
def fourth_power(W, b, x, y): return (W * x + b - y) ** 4
def curve_error(V, W, b, x, y): return (V * x**2 + W * x + b - y) ** 2
def sum_loss(W, b, X, Y): return ((X @ W + b - Y) ** 2).sum()
def mse(w, x, y): return ((w * x - y) ** 2).mean()
def sse(w, x, y): return ((w * x - y) ** 2).sum()
def half_loss(w, x, y): return ((w * x - y) ** 2).mean() / 2
def mse_mat(W, X, Y): return ((X @ W - Y) ** 2).mean()
def mse_mat_bias(W, b, X, Y): return ((X @ W + b - Y) ** 2).mean()
def priced(W, b, X, Y): return ((X @ W + b - Y) ** 2).mean() + 0.1 * (W**2).sum()
def bent(W, b, X, Y): return ((torch.tanh(X @ W + b) - Y) ** 2).mean()
def mse_line(w, b, x, y): return ((w * x + b - y) ** 2).mean()
def ridge(w, x, y, lam): return (w * x - y) ** 2 + lam * w**2
def lasso(W, X, Y): return ((X @ W - Y) ** 2).mean() + 0.5 * W.abs().sum()

at_x3 = {"x": 3.0}
at_x2 = {"x": 2.0}
at1 = {"w": 1.0, "x": 1.0, "y": 2.0}
student = {"w": 1.0, "x": 2.0, "y": 4.0}
numbers = {"w": 1.5409961, "b": -1.0, "x": 2.0, "y": 5.0}
own = {"w": 1.0, "x": 2.0, "y": 5.0}
example = {"W": 0.5, "b": 0.0, "x": 1.0, "y": 2.0}
curve_at = {"V": 1.0, **example}
two_points = {"W": T([[2.3]]), "b": T(1.4), "X": T([[1.0], [-1.0]]), "Y": T([[3.0], [-1.0]])}
batch = {"w": 1.0, "x": T([1.0, 2.0, 3.0]), "y": T([2.0, 4.0, 6.0])}
line_batch = {"w": 1.0, "b": 0.5, "x": T([1.0, 2.0, 3.0]), "y": T([2.0, 4.0, 6.0])}
three = {"W": torch.ones(2, 1), "X": T([[1.0, 1.2], [2.0, 1.2], [3.0, 1.3]]), "Y": T([[2.0], [4.0], [6.0]])}
with_bias = {**three, "b": 0.5}
lasso_at = {**three, "W": T([[1.0], [-0.5]])}
noisy = {"W": T([[0.3]]), "b": T(-0.4), "X": T([[0.7], [-0.3], [-2.2], [0.6], [-1.1]]),
         "Y": T([[2.3], [0.4], [-3.3], [2.2], [-1.3]])}
ridge_at = {"w": 1.5, "x": 2.0, "y": 4.0, "lam": 0.1}

# ------------------------------------------------------------------ 47 wrong, lessons
@wrong("lesson", "square_no_two", square, "x", at_x3, "the exponent did not come down as a factor 2")
def derivative(x):
    return x

@wrong("lesson", "square_integrated", square, "x", at_x3, "integrated instead of differentiated")
def derivative(x):
    return x**3 / 3

@wrong("lesson", "se_no_two", se, "w", at1, "the factor 2 of the square is missing")
def gradient(w, x, y):
    return x * (w * x - y)

@wrong("lesson", "se_no_x", se, "w", at1, "the inner derivative x is missing")
def gradient(w, x, y):
    return 2 * (w * x - y)

@wrong("lesson", "se_sign", se, "w", at1, "residual taken the other way round, without the minus of the inner derivative")
def gradient(w, x, y):
    return 2 * (y - w * x) * x

@wrong("lesson", "se_square_kept", se, "w", at1, "the exponent was brought down but the square was kept")
def gradient(w, x, y):
    return 2 * (w * x - y) ** 2 * x

@wrong("lesson", "se_bracket", se, "w", student, "lost the bracket, so x multiplies only the target")
def gradient(w, x, y):
    return 2 * w * x - 2 * y * x

@wrong("lesson", "se_step", se, "w", student, "returned the new weight after a step instead of the gradient", learning_rate=0.1)
def gradient(w, x, y):
    g = 2 * (w * x - y) * x
    return w - 0.1 * g

@wrong("lesson", "se_rate", se, "w", at1, "multiplied the gradient by the learning rate", learning_rate=0.1)
def gradient(w, x, y):
    learning_rate = 0.1
    return learning_rate * 2 * (w * x - y) * x

@wrong("lesson", "se_x_by_w", se, "x", student, "differentiated by w although x was asked")
def gradient_by_x(w, x, y):
    return 2 * (w * x - y) * x

@wrong("lesson", "se_x_both", se, "x", student, "took the whole product w*x as inner derivative")
def gradient_by_x(w, x, y):
    return 2 * (w * x - y) * (w * x)

@wrong("lesson", "sw_inner_x", squared_weight, "w", student, "treated w**2 like w, so the inner derivative is only x")
def gradient_squared_weight(w, x, y):
    return 2 * (w**2 * x - y) * x

@wrong("lesson", "sw_no_w", squared_weight, "w", {"w": 1.5, "x": 1.0, "y": 2.0}, "derivative of w**2 taken as 2")
def gradient_squared_weight(w, x, y):
    return 2 * (w**2 * x - y) * 2 * x

@wrong("lesson", "sw_old_model", squared_weight, "w", {"w": 1.5, "x": 1.0, "y": 2.0}, "used the residual of the old model w*x - y")
def gradient_squared_weight(w, x, y):
    r = w * x - y
    return 2 * r * 2 * w * x

@wrong("lesson", "poly_constant", polynomial, "x", at_x2, "the constant 1 was kept")
def slope(x):
    return 2 * x + 2 + 1

@wrong("lesson", "poly_linear_lost", polynomial, "x", at_x2, "the derivative of 2x was taken as 0")
def slope(x):
    return 2 * x

@wrong("lesson", "cubic_linear_kept", cubic, "x", at_x2, "the linear term 4x was not differentiated")
def cubic_slope(x):
    return 3 * x**2 - 4 * x

@wrong("lesson", "cubic_exponent", cubic, "x", at_x2, "the exponent 3 was not lowered by one")
def cubic_slope(x):
    return 3 * x**3 - 4

@wrong("lesson", "cubic_no_three", cubic, "x", at_x2, "the exponent 3 did not come down as a factor")
def cubic_slope(x):
    return x**2 - 4

@wrong("lesson", "walk_w_times_w", line_loss, ("w", "b"), numbers, "at the product the step back to w was multiplied by w instead of x")
def walk_back(w, b, x, y):
    a = w * x
    y_hat = a + b
    r = y_hat - y
    d_r = 2 * r
    d_y_hat = d_r
    d_a = d_y_hat
    d_b = d_y_hat
    d_w = d_a * w
    return d_w, d_b

@wrong("lesson", "walk_b_times_b", line_loss, ("w", "b"), numbers, "at the sum the step back to b was multiplied by b")
def walk_back(w, b, x, y):
    a = w * x
    y_hat = a + b
    r = y_hat - y
    d_r = 2 * r
    d_y_hat = 1 * d_r
    d_a, d_b = d_y_hat, d_y_hat * b
    d_w = d_a * x
    return d_w, d_b

@wrong("lesson", "walk_r_plus", line_loss, ("w", "b"), numbers, "residual computed as y_hat + y")
def walk_back(w, b, x, y):
    a = w * x
    y_hat = a + b
    r = y_hat + y
    d_r = 2 * r
    return d_r * x, d_r

@wrong("lesson", "own_one_path", own_bias, "w", own, "only the path through w*x, the path through the bias was forgotten")
def own_bias_gradient(w, x, y):
    return 2 * (w * x + w - y) * x

@wrong("lesson", "own_w_kept", own_bias, "w", own, "derivative of the added w taken as w")
def own_bias_gradient(w, x, y):
    return 2 * (w * x + w - y) * (x + w)

@wrong("lesson", "three_times_note_late", square_three_times, "x", {"x": 1.1}, "wrote down the number after squaring instead of before")
def backward_three_times(x):
    notes = []
    for _ in range(3):
        x = x**2
        notes.append(x)
    d = 1.0
    for note in reversed(notes):
        d = d * 2 * note
    return d

@wrong("lesson", "three_times_added", square_three_times, "x", {"x": 1.1}, "added the local derivatives instead of multiplying them")
def backward_three_times(x):
    notes = []
    for _ in range(3):
        notes.append(x)
        x = x * x
    d = 0
    for n in reversed(notes):
        d += 2 * n
    return d

@wrong("lesson", "bias_times_x", se_bias, ("W", "b"), {"W": 0.5, "b": 0.0, "x": 3.0, "y": 2.0}, "the gradient of b was also multiplied by x")
def gradient(W, b, x, y):
    return 2 * (W * x + b - y) * x, 2 * (W * x + b - y) * x

@wrong("lesson", "bias_left_out", se_bias, ("W", "b"), {"W": 0.5, "b": 1.0, "x": 1.0, "y": 2.0}, "the bias is missing in the residual")
def gradient(W, b, x, y):
    error = W * x - y
    return 2 * error * x, 2 * error

@wrong("lesson", "fourth_exponent_lost", fourth_power, ("W", "b"), example, "the remaining exponent 3 was lost")
def gradient_fourth_power(W, b, x, y):
    return 4 * (W * x + b - y) * x, 4 * (W * x + b - y)

@wrong("lesson", "fourth_factor_two", fourth_power, ("W", "b"), example, "factor 2 as for a square instead of 4")
def gradient_fourth_power(W, b, x, y):
    r = W * x + b - y
    return 2 * r**3 * x, 2 * r**3

@wrong("lesson", "curve_v_by_x", curve_error, ("V", "W", "b"), {"V": 1.0, "W": 0.5, "b": 0.0, "x": 1.5, "y": 2.0}, "for V differentiated x**2 to 2x although V is the variable")
def gradient_curve(V, W, b, x, y):
    r = V * x**2 + W * x + b - y
    return 2 * r * 2 * x, 2 * r * x, 2 * r

@wrong("lesson", "curve_v_like_w", curve_error, ("V", "W", "b"), {"V": 1.0, "W": 0.5, "b": 0.0, "x": 1.5, "y": 2.0}, "inner derivative of V taken as x like for W")
def gradient_curve(V, W, b, x, y):
    r = V * x**2 + W * x + b - y
    dV = 2 * r * x
    dW = 2 * r * x
    db = 2 * r
    return dV, dW, db

@wrong("lesson", "sum_as_mean", sum_loss, ("W", "b"), two_points, "averaged over the batch although the loss is a sum")
def gradient_of_sum(W, b, X, Y):
    residual = X @ W + b - Y
    return (2 * residual * X).mean(), (2 * residual).mean()

@wrong("lesson", "sum_product_of_sums", sum_loss, ("W", "b"), two_points, "multiplied the sum of residuals by the sum of inputs")
def gradient_of_sum(W, b, X, Y):
    residual = X @ W + b - Y
    return 2 * residual.sum() * X.sum(), 2 * residual.sum()

@wrong("lesson", "mse_as_sum", mse, "w", batch, "summed over the batch, the division by N is missing")
def mean_gradient(w, x, y):
    return (2 * (w * x - y) * x).sum()

@wrong("lesson", "mse_product_of_means", mse, "w", batch, "multiplied the mean residual by the mean input")
def mean_gradient(w, x, y):
    return 2 * (w * x - y).mean() * x.mean()

@wrong("lesson", "mse_no_mean", mse, "w", batch, "forgot to average, one gradient per sample")
def mean_gradient(w, x, y):
    return 2 * (w * x - y) * x

@wrong("lesson", "mse_loop_overwrites", mse, "w", batch, "in the loop each sample overwrites the total")
def mean_gradient(w, x, y):
    total = 0
    for i in range(len(x)):
        total = 2 * (w * x[i] - y[i]) * x[i]
    return total / len(x)

@wrong("lesson", "half_forgotten", half_loss, "w", batch, "the half in front of the loss was ignored")
def half_gradient(w, x, y):
    return (2 * (w * x - y) * x).mean()

@wrong("lesson", "half_twice", half_loss, "w", batch, "the half was applied although the 2 had already been cancelled against it")
def half_gradient(w, x, y):
    return ((w * x - y) * x).mean() / 2

@wrong("lesson", "mat_wrong_n", mse_mat, "W", three, "divided by the number of features instead of the number of samples")
def gradient(W, X, Y):
    n = X.shape[1]
    return 2 / n * X.T @ (X @ W - Y)

@wrong("lesson", "mat_flat_mean", mse_mat, "W", three, "averaged over the features too, one number for all weights")
def gradient(W, X, Y):
    return (2 * (X @ W - Y) * X).mean()

@wrong("lesson", "mat_no_transpose", mse_mat, "W", three, "X is not transposed")
def gradient(W, X, Y):
    return 2 / len(X) * X @ (X @ W - Y)

@wrong("lesson", "matbias_b_sum", mse_mat_bias, ("W", "b"), with_bias, "the gradient of b was summed and not averaged")
def gradients_with_bias(W, b, X, Y):
    r = X @ W + b - Y
    return 2 / len(X) * X.T @ r, 2 * r.sum()

@wrong("lesson", "priced_no_two", priced, ("W", "b"), noisy, "the factor 2 of the penalty is missing")
def gradient_priced(W, b, X, Y):
    residual = X @ W + b - Y
    return (2 * residual * X).mean() + 0.1 * W, (2 * residual).mean()

@wrong("lesson", "priced_on_b", priced, ("W", "b"), noisy, "the bias got a penalty as well")
def gradient_priced(W, b, X, Y):
    residual = X @ W + b - Y
    return (2 * residual * X).mean() + 0.2 * W, (2 * residual).mean() + 0.2 * b

@wrong("lesson", "bent_no_slope", bent, ("W", "b"), noisy, "the derivative of tanh is missing")
def gradient_bent(W, b, X, Y):
    y_hat = torch.tanh(X @ W + b)
    return (2 * (y_hat - Y) * X).mean(), (2 * (y_hat - Y)).mean()

# ------------------------------------------------------------------ 34 wrong, calculus
def pow5(x): return (3 * x + 2) ** 5
def gauss(x): return torch.exp(-x**2)
def xexp(x): return x * torch.exp(2 * x)
def logq(x): return torch.log(x**2 + 1)
def dist(x, y): return torch.sqrt(x**2 + y**2)
def sin2(x): return torch.sin(x) ** 2
def sinsq(x): return torch.sin(x**2)
def cos3(x): return torch.cos(3 * x)
def quot(x): return x / (x**2 + 1)
def hyper(a, x): return a / x
def invsq(x): return 1 / x**2
def expo(x): return 2**x
def xyz(x, y, z): return x * y * z
def expxy(x, y): return torch.exp(x * y)
def logxy(x, y): return torch.log(x * y)
def deep(x): return torch.sqrt(1 + torch.exp(2 * x))
def sinexp(x): return torch.sin(torch.exp(x))
def logistic(x): return 1 / (1 + torch.exp(-x))
def prod(x): return (x**2 + 1) * (x - 3)
def mono(x, y): return x**3 * y**2
def xlog(x): return x * torch.log(x)
def root(x): return 3 * torch.sqrt(x)
def cosh2(x): return torch.exp(x) + torch.exp(-x)
def chain(x, y, z): return (x - y) ** 2 + (y - z) ** 2
def witch(x): return 1 / (1 + x**2)
def consts(a, x): return a**2 * x + a**3
def cos_cubed(x): return torch.cos(x) ** 3
def tangent(x): return torch.tan(x)
def ratio(x, y): return (x + y) / (x - y)
def damped(a, x): return torch.exp(-a * x) * torch.sin(x)
def quadr(a, b, c, x): return (a * x**2 + b * x + c) ** 3

c_x = {"x": T(0.5)}
c_1 = {"x": T(1.2)}
c_2 = {"x": T(2.0)}
c_xy = {"x": T(3.0), "y": T(4.0)}
c_xy2 = {"x": T(0.5), "y": T(1.5)}
c_xyz = {"x": 2.0, "y": 3.0, "z": -1.0}

@wrong("calculus", "pow5_no_inner", pow5, "x", {"x": 0.5}, "inner derivative 3 missing")
def d(x):
    return 5 * (3 * x + 2) ** 4

@wrong("calculus", "pow5_exponent_kept", pow5, "x", {"x": 0.5}, "exponent not lowered")
def d(x):
    return 5 * (3 * x + 2) ** 5 * 3

@wrong("calculus", "gauss_sign", gauss, "x", c_x, "minus of the exponent lost in the inner derivative")
def d(x):
    return 2 * x * torch.exp(-x**2)

@wrong("calculus", "gauss_inside", gauss, "x", c_x, "exponent inside exp replaced by its derivative")
def d(x):
    return torch.exp(-2 * x)

@wrong("calculus", "gauss_no_inner", gauss, "x", c_x, "exp treated as its own derivative, without the inner derivative")
def d(x):
    return torch.exp(-x**2)

@wrong("calculus", "xexp_product", xexp, "x", c_x, "product rule replaced by the product of the derivatives")
def d(x):
    return 1 * 2 * torch.exp(2 * x)

@wrong("calculus", "xexp_inner", xexp, "x", c_x, "inner derivative 2 missing in the second term")
def d(x):
    return torch.exp(2 * x) + x * torch.exp(2 * x)

@wrong("calculus", "logq_no_inner", logq, "x", c_1, "inner derivative 2x missing")
def d(x):
    return 1 / (x**2 + 1)

@wrong("calculus", "logq_one_over_inner", logq, "x", c_1, "one over the derivative of the inside")
def d(x):
    return 1 / (2 * x)

@wrong("calculus", "dist_no_half", dist, ("x", "y"), c_xy, "the one half of the root is missing")
def d(x, y):
    s = torch.sqrt(x**2 + y**2)
    return 2 * x / s, 2 * y / s

@wrong("calculus", "dist_no_inner", dist, ("x", "y"), c_xy, "inner derivatives 2x and 2y missing")
def d(x, y):
    s = torch.sqrt(x**2 + y**2)
    return 1 / (2 * s), 1 / (2 * s)

@wrong("calculus", "sin2_no_cos", sin2, "x", c_1, "only the outer square was differentiated, the cosine is missing")
def d(x):
    return 2 * torch.sin(x)

@wrong("calculus", "sinsq_cos2x", sinsq, "x", c_1, "derivative of the inside written into the cosine")
def d(x):
    return torch.cos(2 * x)

@wrong("calculus", "cos3_sign", cos3, "x", c_x, "minus sign of the derivative of the cosine missing")
def d(x):
    return 3 * torch.sin(3 * x)

@wrong("calculus", "quot_each", quot, "x", {"x": 2.0}, "derivative of the numerator over derivative of the denominator")
def d(x):
    return 1 / (2 * x)

@wrong("calculus", "quot_swapped", quot, "x", {"x": 2.0}, "order in the numerator of the quotient rule swapped")
def d(x):
    return (x * 2 * x - (x**2 + 1)) / (x**2 + 1) ** 2

@wrong("calculus", "quot_not_squared", quot, "x", {"x": 2.0}, "denominator of the quotient rule not squared")
def d(x):
    return ((x**2 + 1) - x * 2 * x) / (x**2 + 1)

@wrong("calculus", "hyper_sign", hyper, ("a", "x"), {"a": 3.0, "x": 2.0}, "minus of the derivative of 1/x missing")
def d(a, x):
    return 1 / x, a / x**2

@wrong("calculus", "hyper_log", hyper, "x", {"a": T(3.0), "x": T(2.0)}, "integrated 1/x to the logarithm")
def d(a, x):
    return a * torch.log(x)

@wrong("calculus", "invsq_exponent", invsq, "x", {"x": 2.0}, "the exponent -2 was raised to -1 instead of lowered to -3")
def d(x):
    return -2 * x**-1

@wrong("calculus", "expo_power_rule", expo, "x", {"x": T(3.0)}, "power rule applied to an exponential")
def d(x):
    return x * 2 ** (x - 1)

@wrong("calculus", "xyz_sum", xyz, ("x", "y", "z"), c_xyz, "remaining factors added instead of multiplied")
def d(x, y, z):
    return y + z, x + z, x + y

@wrong("calculus", "expxy_swapped", expxy, ("x", "y"), c_xy2, "inner derivatives of x and y swapped")
def d(x, y):
    e = torch.exp(x * y)
    return x * e, y * e

@wrong("calculus", "logxy_no_inner", logxy, ("x", "y"), c_xy2, "inner derivative of the product missing")
def d(x, y):
    return 1 / (x * y), 1 / (x * y)

@wrong("calculus", "deep_innermost", deep, "x", c_x, "the innermost derivative 2 missing")
def d(x):
    u = 1 + torch.exp(2 * x)
    return 1 / (2 * torch.sqrt(u)) * torch.exp(2 * x)

@wrong("calculus", "sinexp_outer_at_x", sinexp, "x", c_x, "outer derivative evaluated at x instead of at exp(x)")
def d(x):
    return torch.cos(x) * torch.exp(x)

@wrong("calculus", "logistic_sign", logistic, "x", c_x, "the minus of -x was forgotten, only that of the reciprocal is there")
def d(x):
    return -torch.exp(-x) / (1 + torch.exp(-x)) ** 2

@wrong("calculus", "prod_first_only", prod, "x", {"x": 2.0}, "only the first term of the product rule")
def d(x):
    return 2 * x * (x - 3)

@wrong("calculus", "mono_other_factor", mono, ("x", "y"), {"x": 2.0, "y": 3.0}, "the factor with the other variable was dropped like an added constant")
def d(x, y):
    return 3 * x**2, 2 * y

@wrong("calculus", "xlog_second", xlog, "x", c_2, "second term of the product rule forgotten")
def d(x):
    return torch.log(x)

@wrong("calculus", "root_precedence", root, "x", c_2, "x**-1/2 is (1/x)/2 in Python, brackets round the exponent missing")
def d(x):
    return 3 * 1/2 * x**-1/2

@wrong("calculus", "chain_y_one_term", chain, ("x", "y", "z"), {"x": 2.0, "y": 0.5, "z": -1.0}, "for y only the second of the two terms was differentiated")
def d(x, y, z):
    return 2 * (x - y), 2 * (y - z), -2 * (y - z)

@wrong("calculus", "consts_as_variable", consts, "x", {"a": 1.5, "x": 2.0}, "differentiated by the constant a instead of by x")
def d(a, x):
    return 2 * a * x + 3 * a**2

@wrong("calculus", "damped_a_missing", damped, ("a", "x"), {"a": T(0.5), "x": T(1.2)}, "inner derivative -a of the exponential missing in the derivative by x")
def d(a, x):
    e = torch.exp(-a * x)
    da = -x * e * torch.sin(x)
    dx = e * torch.sin(x) + e * torch.cos(x)
    return da, dx

# ------------------------------------------------------------------ 25 wrong, activations and layers
def relu_neuron(w, b, x, y): return (torch.relu(w * x + b) - y) ** 2
def tanh_neuron(w, b, x, y): return (torch.tanh(w * x + b) - y) ** 2
def sig_neuron(w, b, x, y): return (torch.sigmoid(w * x + b) - y) ** 2
def bce(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
def ce_onehot(W, X, Y): return -(Y * torch.log_softmax(X @ W, dim=1)).sum(dim=1).mean()
def ce_logits(z, y): return F.cross_entropy(z, y)
def ce_layer(W, b, X, y): return F.cross_entropy(X @ W + b, y)
def two_scalar(w1, w2, x, y): return (w2 * torch.tanh(w1 * x) - y) ** 2
def two_sigmoid(w1, b1, w2, b2, x, y): return (w2 * torch.sigmoid(w1 * x + b1) + b2 - y) ** 2
def two_mat(W1, W2, X, Y): return ((torch.relu(X @ W1) @ W2 - Y) ** 2).mean()
def two_tanh(W1, W2, X, Y): return ((torch.tanh(X @ W1) @ W2 - Y) ** 2).sum()
def relu_layer(W, X, Y): return ((torch.relu(X @ W) - Y) ** 2).mean()

n_at = {"w": T(0.5), "b": T(0.2), "x": T(1.5), "y": T(2.0)}
neg_at = {"w": T(-0.5), "b": T(0.2), "x": T(1.5), "y": T(2.0)}
bce_at = {"w": T(0.5), "b": T(0.1), "x": T([1.0, -2.0, 3.0, 0.5]), "y": T([1.0, 0.0, 1.0, 0.0])}
oh_at = {"W": T([[0.1, -0.2, 0.3], [0.4, 0.0, -0.1]]), "X": T([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 1.0]]),
         "Y": T([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])}
z_at = {"z": T([[1.0, 2.0, 0.5], [0.1, -1.0, 0.3]]), "y": T([2, 0])}
cl_at = {"W": oh_at["W"], "b": T([0.1, 0.0, -0.1]), "X": oh_at["X"], "y": T([0, 2, 1, 0])}
two_at = {"w1": T(0.5), "w2": T(-1.5), "x": T(1.0), "y": T(2.0)}
two_sig_at = {"w1": T(0.5), "b1": T(0.1), "w2": T(-1.5), "b2": T(0.3), "x": T(2.0), "y": T(1.0)}
mat_at = {"W1": T([[0.5, -0.3, 0.8], [0.2, 0.9, -0.4]]), "W2": T([[1.0], [-0.5], [0.7]]),
          "X": T([[1.0, 1.2], [2.0, -1.2], [-0.5, 1.3], [0.4, 0.6]]), "Y": T([[2.0], [1.0], [0.0], [-1.0]])}
rl_at = {"W": T([[0.5, -0.3], [0.2, 0.9]]), "X": T([[1.0, 1.2], [2.0, -1.2], [-0.5, 1.3]]), "Y": T([[1.0, 0.0], [0.5, 1.0], [0.0, 2.0]])}

@wrong("activation", "relu_no_mask", relu_neuron, ("w", "b"), neg_at, "derivative of relu missing, as if it were always 1")
def grad(w, b, x, y):
    a = torch.relu(w * x + b)
    return 2 * (a - y) * x, 2 * (a - y)

@wrong("activation", "relu_mask_of_x", relu_neuron, ("w", "b"), neg_at, "asked whether the input is positive instead of z")
def grad(w, b, x, y):
    a = torch.relu(w * x + b)
    d = 2 * (a - y) * (x > 0)
    return d * x, d

@wrong("activation", "relu_value_as_slope", relu_neuron, ("w", "b"), n_at, "used relu(z) itself as its derivative")
def grad(w, b, x, y):
    z = w * x + b
    a = torch.relu(z)
    d = 2 * (a - y) * torch.relu(z)
    return d * x, d

@wrong("activation", "tanh_slope_of_z", tanh_neuron, ("w", "b"), n_at, "1 - z**2 with z instead of tanh(z)")
def grad(w, b, x, y):
    z = w * x + b
    a = torch.tanh(z)
    delta = 2 * (a - y) * (1 - z**2)
    return delta * x, delta

@wrong("activation", "tanh_not_squared", tanh_neuron, ("w", "b"), n_at, "square missing in 1 - tanh**2")
def grad(w, b, x, y):
    a = torch.tanh(w * x + b)
    delta = 2 * (a - y) * (1 - a)
    return delta * x, delta

@wrong("activation", "tanh_twice", tanh_neuron, ("w", "b"), n_at, "tanh applied to the activation once more in the derivative")
def grad(w, b, x, y):
    a = torch.tanh(w * x + b)
    delta = 2 * (a - y) * (1 - torch.tanh(a) ** 2)
    return delta * x, delta

@wrong("activation", "sig_no_slope", sig_neuron, ("w", "b"), n_at, "derivative of the sigmoid missing")
def grad(w, b, x, y):
    s = torch.sigmoid(w * x + b)
    return 2 * (s - y) * x, 2 * (s - y)

@wrong("activation", "sig_slope_of_z", sig_neuron, ("w", "b"), n_at, "sigmoid derivative written with z, z*(1-z)")
def grad(w, b, x, y):
    z = w * x + b
    s = torch.sigmoid(z)
    delta = 2 * (s - y) * z * (1 - z)
    return delta * x, delta

@wrong("activation", "sig_only_one_minus", sig_neuron, ("w", "b"), n_at, "factor s missing in s*(1-s)")
def grad(w, b, x, y):
    s = torch.sigmoid(w * x + b)
    delta = 2 * (s - y) * (1 - s)
    return delta * x, delta

@wrong("activation", "bce_extra_slope", bce, ("w", "b"), bce_at, "p*(1-p) multiplied in although it cancels")
def grad(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    d = (p - y) * p * (1 - p)
    return (d * x).mean(), d.mean()

@wrong("activation", "bce_sign", bce, ("w", "b"), bce_at, "y - p instead of p - y")
def grad(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    return ((y - p) * x).mean(), (y - p).mean()

@wrong("activation", "bce_factor_two", bce, ("w", "b"), bce_at, "factor 2 as for the squared error")
def grad(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    return (2 * (p - y) * x).mean(), (2 * (p - y)).mean()

@wrong("activation", "bce_positive_term", bce, ("w", "b"), bce_at, "only the term with y was differentiated, the one with 1 - y is missing")
def grad(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    d = -y * (1 - p)
    return (d * x).mean(), d.mean()

@wrong("layer", "softmax_no_n", ce_onehot, "W", oh_at, "division by the number of samples missing")
def grad(W, X, Y):
    P = torch.softmax(X @ W, dim=1)
    return X.T @ (P - Y)

@wrong("layer", "softmax_no_target", ce_onehot, "W", oh_at, "the targets were not subtracted")
def grad(W, X, Y):
    P = torch.softmax(X @ W, dim=1)
    return X.T @ P / len(X)

@wrong("layer", "softmax_axis", ce_onehot, "W", oh_at, "softmax over the samples instead of the classes")
def grad(W, X, Y):
    P = torch.softmax(X @ W, dim=0)
    return X.T @ (P - Y) / len(X)

@wrong("layer", "softmax_no_softmax", ce_onehot, "W", oh_at, "used the logits instead of the probabilities")
def grad(W, X, Y):
    logits = X @ W
    return X.T @ (logits - Y) / X.shape[0]

@wrong("layer", "logits_class_number", ce_logits, "z", z_at, "subtracted the class number instead of the one-hot vector")
def grad(z, y):
    p = torch.softmax(z, dim=1)
    return (p - y.reshape(-1, 1)) / len(y)

@wrong("layer", "logits_divided_by_all", ce_logits, "z", z_at, "averaged over samples and classes")
def grad(z, y):
    p = torch.softmax(z, dim=1)
    return (p - F.one_hot(y, 3)) / z.numel()

@wrong("layer", "ce_b_not_summed", ce_layer, ("W", "b"), cl_at, "gradient of b not summed over the samples")
def grad(W, b, X, y):
    P = torch.softmax(X @ W + b, dim=1)
    P[range(len(y)), y] -= 1
    P = P / len(y)
    return X.T @ P, P

@wrong("layer", "two_no_w2", two_scalar, ("w1", "w2"), two_at, "on the way back to w1 the factor w2 is missing")
def grad(w1, w2, x, y):
    h = torch.tanh(w1 * x)
    r = w2 * h - y
    return 2 * r * (1 - h**2) * x, 2 * r * h

@wrong("layer", "two_w2_input", two_scalar, ("w1", "w2"), two_at, "gradient of w2 with the input x instead of the hidden value")
def grad(w1, w2, x, y):
    h = torch.tanh(w1 * x)
    r = w2 * h - y
    return 2 * r * w2 * (1 - h**2) * x, 2 * r * x

@wrong("layer", "two_sig_no_slope", two_sigmoid, ("w1", "b1", "w2", "b2"), two_sig_at, "slope of the sigmoid skipped on the way to the first layer")
def grad(w1, b1, w2, b2, x, y):
    h = torch.sigmoid(w1 * x + b1)
    d = 2 * (w2 * h + b2 - y)
    dh = d * w2
    return dh * x, dh, d * h, d

@wrong("layer", "two_mat_no_mask", two_mat, ("W1", "W2"), mat_at, "the relu was ignored on the way back")
def grad(W1, W2, X, Y):
    H = torch.relu(X @ W1)
    d = 2 * (H @ W2 - Y) / len(X)
    dH = d @ W2.T
    return X.T @ dH, H.T @ d

@wrong("layer", "relu_layer_n_only", relu_layer, "W", rl_at, "divided by the number of rows only, but the mean runs over all entries")
def grad(W, X, Y):
    Z = X @ W
    D = 2 * (torch.relu(Z) - Y) * (Z > 0) / len(X)
    return X.T @ D

# ------------------------------------------------------------------ 15 wrong, Python
@wrong("python", "py_no_return", se, "w", at1, "forgot the return")
def gradient(w, x, y):
    grad = 2 * (w * x - y) * x

@wrong("python", "py_print", line_loss, ("w", "b"), numbers, "printed the result instead of returning it")
def walk_back(w, b, x, y):
    r = w * x + b - y
    print(2 * r * x, 2 * r)

@wrong("python", "py_missing_star", squared_weight, "w", at1, "missing * after the 2, so Python calls a number")
def gradient_squared_weight(w, x, y):
    return 2(w**2 * x - y) * 2 * w * x

@wrong("python", "py_name_case", mse, "w", batch, "wrote capital R although the variable is called r")
def mean_gradient(w, x, y):
    r = w * x - y
    return (2 * R * x).mean()

@wrong("python", "py_comma", priced, ("W", "b"), noisy, "decimal comma in 0,2 splits the answer into three")
def gradient_priced(W, b, X, Y):
    residual = X @ W + b - Y
    return (2 * residual * X).mean() + 0,2 * W, (2 * residual).mean()

@wrong("python", "py_order", se_bias, ("W", "b"), {"W": 0.5, "b": 0.0, "x": 3.0, "y": 2.0}, "returned b before W")
def gradient(W, b, x, y):
    dW = 2 * (W * x + b - y) * x
    db = 2 * (W * x + b - y)
    return db, dW

@wrong("python", "py_caret", cubic, "x", at_x2, "wrote ^ for the power")
def cubic_slope(x):
    return 3 * x^2 - 4

@wrong("python", "py_one_of_two", fourth_power, ("W", "b"), example, "returned only the gradient of W")
def gradient_fourth_power(W, b, x, y):
    r = W * x + b - y
    dW = 4 * r**3 * x
    db = 4 * r**3
    return dW

@wrong("python", "py_mean_no_call", half_loss, "w", batch, "brackets after mean missing, the method itself is returned")
def half_gradient(w, x, y):
    return ((w * x - y) * x).mean

@wrong("python", "py_off_by_one", sse, "w", batch, "the loop leaves out the last sample")
def sum_gradient(w, x, y):
    total = 0
    for i in range(len(x) - 1):
        total += 2 * (w * x[i] - y[i]) * x[i]
    return total

@wrong("python", "py_list_mean", mse_line, ("w", "b"), line_batch, "called mean on a Python list")
def gradient(w, b, x, y):
    dw = [2 * (w * xi + b - yi) * xi for xi, yi in zip(x, y)]
    db = [2 * (w * xi + b - yi) for xi, yi in zip(x, y)]
    return dw.mean(), db.mean()

@wrong("python", "py_return_in_loop", sum_loss, ("W", "b"), two_points, "return stands inside the loop, so only the first sample counts")
def gradient_of_sum(W, b, X, Y):
    dW = 0
    db = 0
    for x, y in zip(X, Y):
        r = W * x + b - y
        dW += 2 * r * x
        db += 2 * r
        return dW, db

@wrong("python", "py_math_on_batch", bent, ("W", "b"), noisy, "math.tanh on a whole batch")
def gradient_bent(W, b, X, Y):
    y_hat = math.tanh(X @ W + b)
    slope = 2 * (y_hat - Y) * (1 - y_hat**2)
    return (slope * X).mean(), slope.mean()

@wrong("python", "py_star_for_at", mse_mat, "W", three, "wrote * where the matrix product @ is needed")
def gradient(W, X, Y):
    return 2 / len(X) * X.T * (X @ W - Y)

@wrong("python", "py_transposed", lasso, "W", lasso_at, "the result is a row and not a column like W")
def gradient(W, X, Y):
    r = X @ W - Y
    return 2 / len(X) * r.T @ X + 0.5 * torch.sign(W).T

# ------------------------------------------------------------------ 45 right
@right("lesson", "r_square", square, "x", at_x3, "sum")
def derivative(x):
    return x + x

@right("lesson", "r_se_minus", se, "w", at1, "residual the other way round, with the minus")
def gradient(w, x, y):
    return -2 * x * (y - w * x)

@right("lesson", "r_se_expanded", se, "w", student, "expanded square")
def gradient(w, x, y):
    return 2 * w * x**2 - 2 * x * y

@right("lesson", "r_se_named", se, "w", student, "one name for each part")
def gradient(w, x, y):
    y_hat = w * x
    error = y_hat - y
    dL_dy_hat = 2 * error
    dy_hat_dw = x
    return dL_dy_hat * dy_hat_dw

@right("lesson", "r_se_x", se, "x", student, "expanded, by x")
def gradient_by_x(w, x, y):
    return 2 * x * w**2 - 2 * w * y

right("lesson", "r_sw", squared_weight, "w", at1, "one factor 4")(lambda w, x, y: 4 * w * x * (w * w * x - y))

@right("lesson", "r_sw_expanded", squared_weight, "w", at1, "multiplied out before differentiating")
def gradient_squared_weight(w, x, y):
    return 4 * w**3 * x**2 - 4 * w * x * y

@right("lesson", "r_poly", polynomial, "x", at_x2, "as a perfect square")
def slope(x):
    return 2 * (x + 1)

@right("lesson", "r_cubic", cubic, "x", at_x2, "product instead of power")
def cubic_slope(x):
    return -4 + 3 * x * x

@right("lesson", "r_walk", line_loss, ("w", "b"), numbers, "backwards step by step")
def walk_back(w, b, x, y):
    a = w * x
    y_hat = a + b
    r = y_hat - y
    d_r = 2 * r
    d_y_hat = d_r * 1
    d_a = d_y_hat * 1
    d_b = d_y_hat * 1
    d_w = d_a * x
    return d_w, d_b

@right("lesson", "r_own", own_bias, "w", own, "the two paths added")
def own_bias_gradient(w, x, y):
    r = w * x + w - y
    path_1 = 2 * r * x
    path_2 = 2 * r
    return path_1 + path_2

@right("lesson", "r_three_times", square_three_times, "x", {"x": 1.1}, "eighth power directly")
def backward_three_times(x):
    return 8 * x**7

@right("lesson", "r_three_times_loop", square_three_times, "x", {"x": 1.1}, "loop over the notes")
def backward_three_times(x):
    notes = []
    for _ in range(3):
        notes.append(x)
        x = x**2
    d = 1
    for n in reversed(notes):
        d *= 2 * n
    return d

@right("lesson", "r_se_bias", se_bias, ("W", "b"), example, "gradient of b reused for W")
def gradient(W, b, x, y):
    db = 2 * (W * x + b - y)
    dW = db * x
    return dW, db

@right("lesson", "r_fourth", fourth_power, ("W", "b"), example, "square times residual instead of cube")
def gradient_fourth_power(W, b, x, y):
    r = y - b - W * x
    return -4 * x * r * r**2, -4 * r * r**2

@right("lesson", "r_curve", curve_error, ("V", "W", "b"), curve_at, "each from the next")
def gradient_curve(V, W, b, x, y):
    db = 2 * (x * (V * x + W) + b - y)
    dW = x * db
    dV = x * dW
    return dV, dW, db

@right("lesson", "r_sum", sum_loss, ("W", "b"), two_points, "matrix form")
def gradient_of_sum(W, b, X, Y):
    residual = X @ W + b - Y
    return 2 * X.T @ residual, 2 * residual.sum()

@right("lesson", "r_sum_loop", sum_loss, ("W", "b"), two_points, "loop over samples")
def gradient_of_sum(W, b, X, Y):
    dW, db = 0, 0
    for i in range(X.shape[0]):
        r = W[0, 0] * X[i, 0] + b - Y[i, 0]
        dW = dW + 2 * r * X[i, 0]
        db = db + 2 * r
    return dW, db

@right("lesson", "r_mse", mse, "w", batch, "means of products, expanded")
def mean_gradient(w, x, y):
    return 2 * w * (x * x).mean() - 2 * (x * y).mean()

@right("lesson", "r_mse_zip", mse, "w", batch, "list comprehension and sum")
def mean_gradient(w, x, y):
    g = [2 * (w * a - b) * a for a, b in zip(x, y)]
    return sum(g) / len(g)

@right("lesson", "r_mse_dot", mse, "w", batch, "dot product")
def mean_gradient(w, x, y):
    return 2 / x.numel() * torch.dot(w * x - y, x)

@right("lesson", "r_sse", sse, "w", batch, "loop with plus-equals")
def sum_gradient(w, x, y):
    total = 0.0
    for i in range(len(x)):
        total += 2 * x[i] * (w * x[i] - y[i])
    return total

@right("lesson", "r_half", half_loss, "w", batch, "the 2 cancelled")
def half_gradient(w, x, y):
    return ((w * x - y) * x).mean()

@right("lesson", "r_mat", mse_mat, "W", three, "column of means of each feature")
def gradient(W, X, Y):
    return (2 * (X @ W - Y) * X).mean(dim=0).reshape(-1, 1)

@right("lesson", "r_mat_normal", mse_mat, "W", three, "normal equations")
def gradient(W, X, Y):
    N = X.shape[0]
    return (2 / N) * (X.T @ X @ W - X.T @ Y)

@right("lesson", "r_mat_bias", mse_mat_bias, ("W", "b"), with_bias, "ones column for the bias")
def gradients_with_bias(W, b, X, Y):
    d = 2 * (X @ W + b - Y) / len(Y)
    return X.T @ d, (torch.ones_like(d) * d).sum()

@right("lesson", "r_priced", priced, ("W", "b"), noisy, "W/5 for the penalty")
def gradient_priced(W, b, X, Y):
    r = X @ W + b - Y
    return 2 * X.T @ r / len(X) + W / 5, 2 * r.mean()

@right("lesson", "r_bent", bent, ("W", "b"), noisy, "slope through cosh")
def gradient_bent(W, b, X, Y):
    z = X @ W + b
    d = 2 * (torch.tanh(z) - Y) / torch.cosh(z) ** 2
    return X.T @ d / len(X), d.mean()

@right("lesson", "r_ridge", ridge, "w", ridge_at, "collected in w")
def gradient(w, x, y, lam):
    return 2 * (w * (x**2 + lam) - x * y)

@right("lesson", "r_lasso", lasso, "W", lasso_at, "sign as W over its absolute value")
def gradient(W, X, Y):
    return 2 / len(X) * X.T @ (X @ W - Y) + 0.5 * W / abs(W)

@right("calculus", "r_gauss", gauss, "x", c_x, "one over the positive exponential")
def d(x):
    return -2 * x / torch.exp(x * x)

@right("calculus", "r_sin2", sin2, "x", c_1, "double angle")
def d(x):
    return torch.sin(2 * x)

@right("calculus", "r_quot", quot, "x", {"x": 2.0}, "simplified quotient rule")
def d(x):
    return (1 - x**2) / (1 + x**2) ** 2

@right("calculus", "r_expo", expo, "x", {"x": T(3.0)}, "math.log for the constant")
def d(x):
    return math.log(2) * 2**x

@right("calculus", "r_tan", tangent, "x", c_x, "one plus tangent squared")
def d(x):
    return 1 + torch.tan(x) ** 2

@right("calculus", "r_cos_cubed", cos_cubed, "x", c_x, "cosine squared through sine")
def d(x):
    return -3 * torch.sin(x) * (1 - torch.sin(x) ** 2)

@right("calculus", "r_witch", witch, "x", {"x": 2.0}, "negative exponent")
def d(x):
    return -2 * x * (1 + x**2) ** -2

@right("calculus", "r_ratio", ratio, ("x", "y"), {"x": 3.0, "y": 1.0}, "simplified quotient rule for two variables")
def d(x, y):
    n = (x - y) ** 2
    return -2 * y / n, 2 * x / n

@right("calculus", "r_quadr", quadr, ("a", "b", "c"), {"a": 1.0, "b": -2.0, "c": 0.5, "x": 2.0}, "c first, then the others from it")
def d(a, b, c, x):
    dc = 3 * (a * x**2 + b * x + c) ** 2
    return dc * x**2, dc * x, dc

@right("activation", "r_relu", relu_neuron, ("w", "b"), n_at, "mask through where")
def grad(w, b, x, y):
    z = w * x + b
    slope = torch.where(z > 0, 1.0, 0.0)
    d = 2 * (torch.relu(z) - y) * slope
    return d * x, d

@right("activation", "r_sig", sig_neuron, ("w", "b"), n_at, "sigmoid through exp")
def grad(w, b, x, y):
    e = torch.exp(-(w * x + b))
    s = 1 / (1 + e)
    d = 2 * (s - y) * e / (1 + e) ** 2
    return d * x, d

@right("activation", "r_bce", bce, ("w", "b"), bce_at, "long form with both terms")
def grad(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    d = -y * (1 - p) + (1 - y) * p
    return (d * x).sum() / len(x), d.sum() / len(x)

@right("layer", "r_softmax", ce_onehot, "W", oh_at, "softmax written out")
def grad(W, X, Y):
    e = torch.exp(X @ W)
    P = e / e.sum(dim=1, keepdim=True)
    return (X / len(X)).T @ (P - Y)

@right("layer", "r_ce_layer", ce_layer, ("W", "b"), cl_at, "one subtracted at the right class")
def grad(W, b, X, y):
    n = len(y)
    G = torch.softmax(X @ W + b, dim=1)
    G[torch.arange(n), y] -= 1
    return X.T @ G / n, G.mean(dim=0)

@right("layer", "r_two_tanh", two_tanh, ("W1", "W2"), mat_at, "layer by layer")
def grad(W1, W2, X, Y):
    H = torch.tanh(X @ W1)
    d_out = 2 * (H @ W2 - Y)
    d_W2 = H.T @ d_out
    d_Z = (d_out @ W2.T) * (1 - H * H)
    d_W1 = X.T @ d_Z
    return d_W1, d_W2
