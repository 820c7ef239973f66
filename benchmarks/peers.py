# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Nabla and its peers under the same names: Nabla's."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks import models

Function = Callable[..., Any]


def installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


class Library:
    """Names are looked up here, then in the library. Here is what is made of other parts."""

    name: str

    def __init__(self, module: Any) -> None:
        self.module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, name)

    def put(self, tree: Any) -> Any:
        """A tree of this library's arrays, from one of NumPy's."""
        raise NotImplementedError

    def wait(self, tree: Any) -> Any:
        """The same tree, when all its arrays have been computed."""
        return tree

    def leaves(self, tree: Any) -> list[np.ndarray]:
        """What a tree holds, for comparison."""
        raise NotImplementedError

    def jit(self, fn: Function, **options: Any) -> Function:
        """`fn` the way this library runs it best; eager ones have no options."""
        return fn

    def training_step(self, model: models.Model) -> Function:
        return self.jit(models.training_step(self, model), donate_argnums=0)

    def gradient(self, fn: Function, argnums: tuple[int, ...]) -> Function:
        """Of a scalar function with respect to these arguments, ready to be called."""
        return self.jit(self.grad(fn, argnums=argnums))

    def pure_grad(self, fn: Function) -> Function:
        """A gradient that other transforms take."""
        return self.grad(fn)  # type: ignore[no-any-return]

    def layernorm(self, x: Any, scale: Any, shift: Any) -> Any:
        off = x - self.mean(x, axis=-1, keepdims=True)
        variance = self.mean(off * off, axis=-1, keepdims=True)
        return off / self.sqrt(variance + 1e-5) * scale + shift

    def cross_entropy(self, logits: Any, labels: Any) -> Any:
        picked = self.take_along_axis(logits, labels[..., None], axis=-1)[..., 0]
        return self.mean(self.logsumexp(logits, axis=-1) - picked)

    def causal_attention(self, q: Any, k: Any, v: Any) -> Any:
        length, width = q.shape[-2:]
        scores = self.einsum("bhqd,bhkd->bhqk", q, k) * width**-0.5
        allowed = self.arange(length)[:, None] >= self.arange(length)
        weights = self.softmax(self.where(allowed, scores, -1e30), axis=-1)
        return self.einsum("bhqk,bhkd->bhqd", weights, v)

    def lstm(self, weights: Any, start: tuple[Any, Any], x: Any) -> Any:
        def turn(carry: tuple[Any, Any], x: Any) -> tuple[tuple[Any, Any], Any]:
            h, c = carry
            gates = x @ weights["inputs"] + h @ weights["state"] + weights["bias"]
            i, f, g, o = self.split(gates, 4, axis=-1)
            c = self.sigmoid(f) * c + self.sigmoid(i) * self.tanh(g)
            h = self.sigmoid(o) * self.tanh(c)
            return (h, c), h

        return self.scan(turn, start, x)[1]


class Nabla(Library):
    name = "nabla"

    def __init__(self) -> None:
        import nabla

        super().__init__(nabla)

    def put(self, tree: Any) -> Any:
        return self.tree_map(self.tensor, tree)

    def leaves(self, tree: Any) -> list[np.ndarray]:
        return [np.asarray(leaf) for leaf in self.tree_leaves(tree)]

    def jit(self, fn: Function, **options: Any) -> Function:
        return self.module.compile(fn, **options)  # type: ignore[no-any-return]


class Jax(Library):
    name = "jax"

    def __init__(self) -> None:
        import jax
        from jax import numpy, tree

        super().__init__(numpy)
        self.jax = jax
        self.tree_map = tree.map
        for name in ("relu", "softmax", "logsoftmax", "sigmoid", "silu"):
            setattr(self, name, getattr(jax.nn, {"logsoftmax": "log_softmax"}.get(name, name)))
        for name in ("grad", "value_and_grad", "vmap", "jacrev", "jacfwd", "hessian", "jvp", "jit"):
            setattr(self, name, getattr(jax, name))
        self.logsumexp = jax.nn.logsumexp
        self.swap_axes = numpy.swapaxes
        self.scan = jax.lax.scan
        self.permute = numpy.transpose

    def put(self, tree: Any) -> Any:
        return self.tree_map(self.module.asarray, tree)

    def wait(self, tree: Any) -> Any:
        return self.jax.block_until_ready(tree)

    def leaves(self, tree: Any) -> list[np.ndarray]:
        return [np.asarray(leaf) for leaf in self.jax.tree.leaves(tree)]

    def gelu(self, x: Any) -> Any:
        return self.jax.nn.gelu(x, approximate=False)

    def conv2d(self, x: Any, filter: Any, padding: int = 0) -> Any:
        pads = [(padding, padding)] * 2
        layout = ("NHWC", "HWIO", "NHWC")
        return self.jax.lax.conv_general_dilated(x, filter, (1, 1), pads, dimension_numbers=layout)

    def max_pool2d(self, x: Any, kernel_size: int) -> Any:
        window = (1, kernel_size, kernel_size, 1)
        lax = self.jax.lax
        return lax.reduce_window(x, -np.inf, lax.max, window, window, "VALID")


class Torch(Library):
    """Eager; with its own fused functions and optimizer where it has them."""

    name = "torch"

    def __init__(self) -> None:
        import torch
        from torch.utils import _pytree

        super().__init__(torch)
        self.functional = torch.nn.functional
        self.pytree = _pytree
        self.tree_map = _pytree.tree_map
        self.gelu = self.functional.gelu
        for name in ("vmap", "jacrev", "hessian"):
            setattr(self, name, getattr(torch.func, name))

    def put(self, tree: Any) -> Any:
        return self.tree_map(lambda a: self.module.from_numpy(np.array(a)), tree)

    def leaves(self, tree: Any) -> list[np.ndarray]:
        flat = self.pytree.tree_leaves(tree)
        return [np.asarray(leaf.detach()) for leaf in flat]

    def gradient(self, fn: Function, argnums: tuple[int, ...]) -> Function:
        compiled = self.jit(fn)

        def derived(*arguments: Any) -> Any:
            taken = list(arguments)
            for i in argnums:
                taken[i] = taken[i].detach().requires_grad_()
            return self.module.autograd.grad(compiled(*taken), [taken[i] for i in argnums])

        return derived

    def pure_grad(self, fn: Function) -> Function:
        return self.module.func.grad(fn)  # type: ignore[no-any-return]

    def training_step(self, model: models.Model) -> Function:
        """Its own fused Adam, on copies of the first weights it is given."""
        of_batch = self.jit(lambda weights, *batch: model.loss(self, weights, *batch))
        optimizers: dict[str, Any] = {}

        def step(state: Any, *batch: Any) -> tuple[Any, Any]:
            if not optimizers:
                weights = self.tree_map(lambda w: w.clone().requires_grad_(), state["weights"])
                leaves = self.pytree.tree_leaves(weights)
                optimizers["adam"] = self.module.optim.Adam(leaves, lr=1e-3, fused=True)
                optimizers["weights"] = weights
            optimizer, weights = optimizers["adam"], optimizers["weights"]
            optimizer.zero_grad()
            loss = of_batch(weights, *batch)
            loss.backward()
            optimizer.step()
            return {**state, "weights": weights}, loss.detach()

        return step

    def max(self, x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
        return self.module.amax(x, () if axis is None else axis, keepdims)

    def sort(self, x: Any, axis: int) -> Any:
        return self.module.sort(x, axis).values

    def transpose(self, x: Any) -> Any:
        return x.T.contiguous()

    def layernorm(self, x: Any, scale: Any, shift: Any) -> Any:
        return self.functional.layer_norm(x, x.shape[-1:], scale, shift, 1e-5)

    def cross_entropy(self, logits: Any, labels: Any) -> Any:
        flat = logits.reshape(-1, logits.shape[-1])
        return self.functional.cross_entropy(flat, labels.reshape(-1).long())

    def causal_attention(self, q: Any, k: Any, v: Any) -> Any:
        return self.functional.scaled_dot_product_attention(q, k, v, is_causal=True)

    def conv2d(self, x: Any, filter: Any, padding: int = 0) -> Any:
        images, kernel = x.permute(0, 3, 1, 2), filter.permute(3, 2, 0, 1)
        return self.functional.conv2d(images, kernel, padding=padding).permute(0, 2, 3, 1)

    def max_pool2d(self, x: Any, kernel_size: int) -> Any:
        images = x.permute(0, 3, 1, 2)
        return self.functional.max_pool2d(images, kernel_size).permute(0, 2, 3, 1)

    def lstm(self, weights: Any, start: tuple[Any, Any], x: Any) -> Any:
        bias = weights["bias"]
        own = [weights["inputs"].T, weights["state"].T, bias, self.module.zeros_like(bias)]
        state = [part[None] for part in start]
        return self.module.lstm(x, state, own, True, 1, 0.0, False, False, False)[0]


class CompiledTorch(Torch):
    name = "torch.compile"

    def jit(self, fn: Function, **options: Any) -> Function:
        return self.module.compile(fn)  # type: ignore[no-any-return]


class Numpy(Library):
    """The values of what NumPy has, on one core unless its BLAS takes more."""

    name = "numpy"

    def __init__(self) -> None:
        super().__init__(np)

    def put(self, tree: Any) -> Any:
        return tree

    def leaves(self, tree: Any) -> list[np.ndarray]:
        return [np.asarray(item) for item in (tree if isinstance(tree, tuple) else (tree,))]

    def transpose(self, x: Any) -> Any:
        return np.ascontiguousarray(x.T)

    def softmax(self, x: Any, axis: int) -> Any:
        e = np.exp(x - np.max(x, axis=axis, keepdims=True))
        return e / np.sum(e, axis=axis, keepdims=True)

    def logsumexp(self, x: Any, axis: int) -> Any:
        top = np.max(x, axis=axis, keepdims=True)
        total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True))
        return np.squeeze(total + top, axis)


_PEERS: dict[str, tuple[str, Callable[[], Library]]] = {
    "jax": ("jax", Jax),
    "torch": ("torch", Torch),
    "torch.compile": ("torch", CompiledTorch),
    "numpy": ("numpy", Numpy),
}


PEERS = tuple(_PEERS)


def libraries(peers: Sequence[str]) -> list[Library]:
    """Nabla, and those of these peers that are installed."""
    wanted = [_PEERS[name] for name in peers]
    return [Nabla(), *(make() for module, make in wanted if installed(module))]
