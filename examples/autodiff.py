# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# %% [markdown]
# # Automatic differentiation
#
# Nabla's autodiff is a set of transforms that compose. Each takes a function and returns a
# function that computes derivatives.
#
# | transform | mode | computes |
# |---|---|---|
# | `nb.grad` | reverse | the gradient of a scalar-valued function |
# | `nb.value_and_grad` | reverse | the pair (value, gradient) |
# | `nb.jvp` | forward | a Jacobian-vector product |
# | `nb.vjp` | reverse | a vector-Jacobian product |
# | `nb.jacrev` | reverse | the full Jacobian |
# | `nb.jacfwd` | forward | the full Jacobian |

# %%
import nabla as nb
import numpy as np

print("Nabla autodiff example")

# %% [markdown]
# ## 1. `grad`: the gradient of a scalar function
#
# `nb.grad(fn)` returns a function that computes the gradient of `fn` with respect to some of
# its arguments, the first by default.


# %%
def f(x: nb.Tensor) -> nb.Tensor:
    """f(x) = x^3 + 2x^2 - 5x + 3, so f'(x) = 3x^2 + 4x - 5."""
    return x**3 + 2.0 * x**2 - 5.0 * x + 3.0


df = nb.grad(f)

x = nb.Tensor.from_dlpack(np.array([2.0], dtype=np.float32))
grad_val = df(x)
print("f(x) = x^3 + 2x^2 - 5x + 3")
print("f'(x) = 3x^2 + 4x - 5")
print(f"f'(2.0) = 3*4 + 4*2 - 5 = {3 * 4 + 4 * 2 - 5}")
print(f"Nabla grad: {grad_val}")

# %% [markdown]
# ## 2. `value_and_grad`: both together
#
# Often the value is needed too. This costs less than calling `f` and `grad(f)`.


# %%
def quadratic(x: nb.Tensor) -> nb.Tensor:
    """f(x) = sum(x^2), so grad = 2x."""
    return nb.reduce_sum(x * x)


val_and_grad_fn = nb.value_and_grad(quadratic)

x = nb.Tensor.from_dlpack(np.array([1.0, 2.0, 3.0], dtype=np.float32))
value, gradient = val_and_grad_fn(x)
print("x = [1, 2, 3]")
print(f"f(x) = sum(x^2) = {value}")
print(f"grad(f) = 2x = {gradient}")

# %% [markdown]
# ### Several arguments
#
# `argnums` tells by which arguments to differentiate.


# %%
def weighted_sum(w: nb.Tensor, x: nb.Tensor) -> nb.Tensor:
    """f(w, x) = sum(w * x)."""
    return nb.reduce_sum(w * x)


# Gradient by the first argument (w) only, the default
grad_w = nb.grad(weighted_sum, argnums=0)
w = nb.Tensor.from_dlpack(np.array([1.0, 2.0], dtype=np.float32))
x = nb.Tensor.from_dlpack(np.array([3.0, 4.0], dtype=np.float32))
print(f"grad w.r.t. w: {grad_w(w, x)}")
print("  (should be x = [3, 4])")

# Gradient by the second argument (x)
grad_x = nb.grad(weighted_sum, argnums=1)
print(f"grad w.r.t. x: {grad_x(w, x)}")
print("  (should be w = [1, 2])")

# Gradient by both: a tuple
grad_both = nb.grad(weighted_sum, argnums=(0, 1))
gw, gx = grad_both(w, x)
print(f"grad w.r.t. (w, x): ({gw}, {gx})")

# %% [markdown]
# ## 3. `jvp`: forward mode, a Jacobian-vector product
#
# `nb.jvp(fn, primals, tangents)` computes the output `fn(*primals)` and the directional
# derivative `J @ tangents`, in one pass. It suits functions of few inputs.


# %%
def g(x: nb.Tensor) -> nb.Tensor:
    """g(x) = [x0^2 + x1, x0 * x1]."""
    r0 = nb.reshape(x[0] ** 2 + x[1], (1,))
    r1 = nb.reshape(x[0] * x[1], (1,))
    return nb.concatenate([r0, r1], axis=0)


x = nb.Tensor.from_dlpack(np.array([3.0, 2.0], dtype=np.float32))
v = nb.Tensor.from_dlpack(np.array([1.0, 0.0], dtype=np.float32))
output, jvp_val = nb.jvp(g, (x,), (v,))
print(f"g([3, 2]) = [3^2 + 2, 3*2] = {output}")
print("JVP with v=[1,0] (column 1 of Jacobian):")
print(f"  J @ v = {jvp_val}")
print("  Expected: [2*3, 2] = [6, 2]")

# %%
# The second column of the Jacobian
v2 = nb.Tensor.from_dlpack(np.array([0.0, 1.0], dtype=np.float32))
_, jvp_val2 = nb.jvp(g, (x,), (v2,))
print("JVP with v=[0,1] (column 2 of Jacobian):")
print(f"  J @ v = {jvp_val2}")
print("  Expected: [1, 3]")

# %% [markdown]
# ## 4. `vjp`: reverse mode, a vector-Jacobian product
#
# `nb.vjp(fn, *primals)` returns `(output, vjp_fn)`; `vjp_fn(cotangent)` gives
# `cotangent @ J`. It suits functions of few outputs.


# %%
def mat_fn(x: nb.Tensor) -> nb.Tensor:
    """f(x) = Ax, where A is 2x3 and x is (3,). Output is (2,)."""
    A = nb.Tensor.from_dlpack(np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]], dtype=np.float32))
    return A @ x  # (2,3) @ (3,) = (2,)


x = nb.Tensor.from_dlpack(np.array([1.0, 2.0, 3.0], dtype=np.float32))
output, vjp_fn = nb.vjp(mat_fn, x)
print("f(x) = Ax, A = [[1,0,2],[0,3,1]], x = [1,2,3]")
print(f"f(x) = {output}")
print("  Expected: [1+0+6, 0+6+3] = [7, 9]")

# %% [markdown]
# ### Pulling cotangents back
#
# Given a cotangent `v` of the shape of the output, `vjp_fn` computes `v @ J`. Each vector of
# the standard basis extracts a row of the Jacobian.

# %%
# The first row
v1 = nb.Tensor.from_dlpack(np.array([1.0, 0.0], dtype=np.float32))
(vjp1,) = vjp_fn(v1)
print(f"VJP with v=[1,0]: {vjp1}")
print("  Expected: A^T @ [1,0] = [1, 0, 2]")

# The second row
v2 = nb.Tensor.from_dlpack(np.array([0.0, 1.0], dtype=np.float32))
(vjp2,) = vjp_fn(v2)
print(f"VJP with v=[0,1]: {vjp2}")
print("  Expected: A^T @ [0,1] = [0, 3, 1]")

# %% [markdown]
# ## 5. `jacrev`: the full Jacobian in reverse mode
#
# The function is linearized once; its pullback is batched over the rows.


# %%
def h(x: nb.Tensor) -> nb.Tensor:
    """h(x) = Ax + sin(x), nonlinear vector function R^2 -> R^2."""
    A = nb.Tensor.from_dlpack(np.array([[2.0, -1.0], [1.0, 3.0]], dtype=np.float32))
    return A @ x + nb.sin(x)


x = nb.Tensor.from_dlpack(np.array([1.0, 0.5], dtype=np.float32))
J = nb.jacrev(h)(x)
print("Jacobian via jacrev:")
print(J)
print("Expected: A + diag(cos(x))")
print("  [[2+cos(1), -1     ],")
print("   [1,        3+cos(0.5)]]")
print(f"  ≈ [[{2 + np.cos(1):.4f}, {-1:.4f}],")
print(f"     [{1:.4f}, {3 + np.cos(0.5):.4f}]]")

# %% [markdown]
# ## 6. `jacfwd`: the full Jacobian in forward mode
#
# Prefer it where inputs are few and outputs many.

# %%
J_fwd = nb.jacfwd(h)(x)
print("Jacobian via jacfwd:")
print(J_fwd)

# %% [markdown]
# ## 7. Hessians: transforms compose
#
# For a scalar function the Hessian, the matrix of second derivatives, comes from nesting two
# Jacobian transforms, in any of four ways.


# %%
def scalar_fn(x: nb.Tensor) -> nb.Tensor:
    """f(x) = x0^2 * x1 + x1^3, a polynomial with known Hessian."""
    return x[0] ** 2 * x[1] + x[1] ** 3


x = nb.Tensor.from_dlpack(np.array([2.0, 3.0], dtype=np.float32))
print("f(x) = x0^2 * x1 + x1^3")
print(f"x = {x}")
print(f"f(x) = {scalar_fn(x)}")

# By hand: df/dx0 = 2*x0*x1, df/dx1 = x0^2 + 3*x1^2
# H = [[2*x1, 2*x0], [2*x0, 6*x1]]; at x = [2, 3]: [[6, 4], [4, 18]]
print("\nAnalytical Hessian at x=[2,3]:")
print("  [[2*x1, 2*x0], [2*x0, 6*x1]] = [[6, 4], [4, 18]]")

# %% [markdown]
# ### `jacfwd(grad(f))`: forward over reverse
#
# The most common way: the gradient in reverse mode, differentiated in forward mode.

# %%
H1 = nb.jacfwd(nb.grad(scalar_fn))(x)
print("Method 1 — jacfwd(grad(f)):")
print(H1)

# %% [markdown]
# ### `jacrev(grad(f))`: reverse over reverse

# %%
H2 = nb.jacrev(nb.grad(scalar_fn))(x)
print("Method 2 — jacrev(grad(f)):")
print(H2)

# %% [markdown]
# ### `jacrev(jacfwd(f))`: two Jacobians

# %%
H3 = nb.jacrev(nb.jacfwd(scalar_fn))(x)
print("Method 3 — jacrev(jacfwd(f)):")
print(H3)

# %% [markdown]
# ### `jacfwd(jacrev(f))`: the other order

# %%
H4 = nb.jacfwd(nb.jacrev(scalar_fn))(x)
print("Method 4 — jacfwd(jacrev(f)):")
print(H4)
print("\nAll four methods produce the same Hessian! ✅")

# %% [markdown]
# ## 8. The gradient of a loss
#
# A more practical example: the gradients of a simple regression loss.


# %%
def linear_regression_loss(w: nb.Tensor, b: nb.Tensor, X: nb.Tensor, y: nb.Tensor) -> nb.Tensor:
    """MSE loss for linear regression: ||Xw + b - y||^2 / n."""
    predictions = X @ w + b
    residuals = predictions - y
    return nb.mean(residuals * residuals)


# Create data
np.random.seed(42)
n_samples, n_features = 50, 3
X = nb.Tensor.from_dlpack(np.random.randn(n_samples, n_features).astype(np.float32))
w_true = nb.Tensor.from_dlpack(np.array([[2.0], [-1.0], [0.5]], dtype=np.float32))
y = X @ w_true + 0.1 * nb.gaussian((n_samples, 1))

# Initialize weights
w = nb.zeros((n_features, 1))
b = nb.zeros((1,))

# Compute gradients
grad_fn = nb.grad(linear_regression_loss, argnums=(0, 1))
dw, db = grad_fn(w, b, X, y)
print(f"Gradient w.r.t. weights (shape {dw.shape}):")
print(dw)
print(f"\nGradient w.r.t. bias (shape {db.shape}):")
print(db)

# %% [markdown]
# ## 9. Gradient descent
#
# `value_and_grad` in a training loop:

# %%
w = nb.zeros((n_features, 1))
b = nb.zeros((1,))
lr = 0.1

vg_fn = nb.value_and_grad(linear_regression_loss, argnums=(0, 1))

print(f"{'Step':<6} {'Loss':<12}")
print("-" * 20)
for step in range(10):
    loss, (dw, db) = vg_fn(w, b, X, y)
    w = w - lr * dw
    b = b - lr * db
    if (step + 1) % 2 == 0:
        print(f"{step + 1:<6} {loss.item():<12.6f}")

print(f"\nLearned weights: {w}")
print(f"True weights:    {w_true}")

# %% [markdown]
# ## Summary
#
# | transform | input | output | best for |
# |---|---|---|---|
# | `nb.grad` | scalar function | gradient | training losses |
# | `nb.value_and_grad` | scalar function | (value, gradient) | training loops |
# | `nb.jvp` | any function | (output, J·v) | few inputs |
# | `nb.vjp` | any function | (output, vjp_fn) | few outputs |
# | `nb.jacrev` | any function | full Jacobian | few outputs |
# | `nb.jacfwd` | any function | full Jacobian | few inputs |
# | compose them | | Hessians and beyond | higher derivatives |
