# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The five checks of one sample: values, forward mode, reverse mode, batches, lowering."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from nabla import _nabla

from ops_matrix import programs
from ops_matrix.arrays import DTYPES, Array, parse_type
from ops_matrix.sample import Sample
from ops_matrix.table import OPS

# Relative error of values: of one rounding in the type, and of what libm and NumPy differ by.
VALUE_TOLERANCE = {"f16": 1e-3, "bf16": 8e-3, "f32": 1e-6, "f64": 1e-14}
SUMS = ("contraction", "reduction")
JVP_TOLERANCE = 1e-6
TRANSPOSE_TOLERANCE = 1e-12
BATCH_TOLERANCE = 1e-13


class Compiled:
    """A module that takes and gives NumPy arrays."""

    def __init__(self, text: str) -> None:
        self.module = _nabla.Module.parse(text)
        self.types = self.module.signature()[0]
        self.executable = _nabla.Executable(self.module)

    def __call__(self, *arrays: Array) -> list[Array]:
        buffers = [_buffer(array, type) for array, type in zip(arrays, self.types, strict=True)]
        return [_array(buffer) for buffer in self.executable(buffers)]


def _buffer(array: Array, type: str) -> Any:
    dtype, shape = parse_type(type)
    array = np.ascontiguousarray(array, DTYPES[dtype]).reshape(shape)
    return _nabla.Buffer.from_pointer(array.ctypes.data, dtype, shape, array)


def _array(buffer: Any) -> Array:
    dtype = DTYPES[buffer.dtype]
    count = buffer.nbytes // dtype.itemsize
    if count == 0:
        return np.zeros(buffer.shape, dtype)
    raw = (np.ctypeslib.ctypes.c_uint8 * buffer.nbytes).from_address(buffer.pointer)
    return np.frombuffer(bytes(raw), dtype).reshape(buffer.shape)


@functools.lru_cache(None)
def compiled_values(sample: Sample) -> Compiled:
    return Compiled(programs.values(sample))


@functools.lru_cache(None)
def ran_derivatives(sample: Sample) -> Derivatives:
    return Derivatives(sample)


def assert_near(found: Array, expected: Array, tolerance: float, what: str) -> None:
    """Equal but for `tolerance` of the largest of the expected numbers."""
    assert found.shape == expected.shape, f"{what}: {found.shape} is not {expected.shape}"
    found, expected = found.astype(np.float64), expected.astype(np.float64)
    scale = float(np.max(np.abs(expected), initial=0.0))
    error = float(np.max(np.abs(found - expected), initial=0.0))
    assert error <= tolerance * max(scale, 1e-300) or error == 0, (
        f"{what}: error {error:.2e} of {scale:.2e}\n{found}\n{expected}"
    )


def check_values(sample: Sample) -> None:
    arrays = sample.draw(0)
    found = compiled_values(sample)(*arrays)
    exact = [
        a.astype(np.float64) if a.dtype in (DTYPES["f16"], DTYPES["bf16"], DTYPES["f32"]) else a
        for a in arrays
    ]
    with np.errstate(all="ignore"):
        expected = sample.expected(exact)
        for i, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
            dtype = parse_type(sample.results[i])[0]
            what = f"{sample.id}, result {i} of {dtype}"
            assert ours.dtype == DTYPES[dtype] and ours.shape == theirs.shape, what
            theirs = theirs.astype(DTYPES[dtype])
            if dtype in VALUE_TOLERANCE:
                ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
                tolerance = VALUE_TOLERANCE[dtype]
                # Sums in another order differ by roundings of the largest term.
                largest = np.max(np.abs(theirs), initial=0, where=np.isfinite(theirs))
                absolute = tolerance * largest if OPS[sample.op]["family"] in SUMS else 0
                np.testing.assert_allclose(
                    ours, theirs, rtol=tolerance, atol=absolute, err_msg=what
                )
            else:
                np.testing.assert_array_equal(ours, theirs, err_msg=what)


class Derivatives:
    """The results of one run of `programs.derivatives`."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.wrt = programs.float_positions(sample.types)
        floats = programs.float_positions(sample.results)
        rng = np.random.default_rng(7)

        def directions(types: Sequence[str]) -> list[Array]:
            return [rng.uniform(0.5, 1.5, parse_type(t)[1]) * rng.choice([-1, 1]) for t in types]

        self.arrays = sample.draw(0)
        self.directions = directions([sample.types[i] for i in self.wrt])
        self.cotangents = directions([sample.results[i] for i in floats])
        one = np.float64(1)
        found = Compiled(programs.derivatives(sample))(
            *self.arrays, one, *self.directions, 3 * one, *self.cotangents, 5 * one
        )
        n, m = len(sample.results), len(floats)
        self.values = found[:n]
        self.tangents = found[n + 1 : n + 1 + m]
        self.passed = [found[n + 1 + m], found[-1]]  # of the operand that passes through
        self.pulled = found[n + 2 + m : -1]

    def differences(self) -> list[Array]:
        """The derivative of the reference along the directions, to fourth order."""

        def at(step: float) -> list[Array]:
            arrays = list(self.arrays)
            for i, direction in zip(self.wrt, self.directions, strict=True):
                arrays[i] = arrays[i] + step * direction
            results = self.sample.smooth(arrays)
            return [results[i] for i in programs.float_positions(self.sample.results)]

        h = 1e-3
        stencil = zip(at(h), at(-h), at(2 * h), at(-2 * h), strict=True)
        return [(8 * (a - b) - (c - d)) / (12 * h) for a, b, c, d in stencil]


# The order of their sums is the schedule's, which may be another one beside the tangents.
_PRODUCTS = ("convolution", "dot_general")


def check_jvp(sample: Sample) -> None:
    ran = ran_derivatives(sample)
    assert ran.passed == [3.0, 5.0], sample.id
    for ours, alone in zip(ran.values, compiled_values(sample)(*ran.arrays), strict=True):
        message = f"{sample.id}: value under jvp"
        if sample.op in _PRODUCTS and np.issubdtype(ours.dtype, np.floating):
            eps = np.finfo(ours.dtype).eps
            np.testing.assert_allclose(ours, alone, 8 * eps, 8 * eps, err_msg=message)
        else:
            np.testing.assert_array_equal(ours, alone, err_msg=message)
    if not ran.wrt:
        assert not any(np.any(t) for t in ran.tangents), sample.id
        return
    for i, (ours, theirs) in enumerate(zip(ran.tangents, ran.differences(), strict=True)):
        assert_near(ours, theirs, JVP_TOLERANCE, f"{sample.id}: tangent {i}")


def check_transpose(sample: Sample) -> None:
    """<ct, J t> = <J^T ct, t>, of which the first comes from forward mode."""
    ran = ran_derivatives(sample)
    forward = [np.sum(a * b) for a, b in zip(ran.cotangents, ran.tangents, strict=True)]
    backward = [np.sum(a * b) for a, b in zip(ran.pulled, ran.directions, strict=True)]
    size = sum(np.sum(np.abs(a * b)) for a, b in zip(ran.cotangents, ran.tangents, strict=True))
    size += sum(np.sum(np.abs(a * b)) for a, b in zip(ran.pulled, ran.directions, strict=True))
    error = abs(sum(forward) - sum(backward))
    assert error <= TRANSPOSE_TOLERANCE * size, f"{sample.id}: {forward} is not {backward}"


def check_batch(sample: Sample) -> None:
    text, batchings = programs.batches(sample, sample.first)
    examples = [sample.draw(seed) for seed in range(programs.SIZE * programs.OUTER)]
    inputs: list[Array] = []
    for batching in batchings:
        inputs += [
            _stack(batching, i, [example[i] for example in examples])
            for i in range(len(sample.operands))
        ]
    found = iter(Compiled(text)(*inputs))
    alone = compiled_values(sample)

    def one(batching: programs.Batching, o: int, i: int) -> list[Array]:
        picked = [
            examples[_number(batching, operand, o, i)][operand]
            for operand in range(len(sample.operands))
        ]
        return alone(*picked)

    for batching in batchings:
        outer = 1 if batching.outer is None else programs.OUTER
        pairs = itertools.product(range(outer), range(programs.SIZE))
        runs = [one(batching, o, i) for o, i in pairs]
        for number in range(len(sample.results)):
            ours = next(found)
            if batching.out_last:
                ours = np.moveaxis(ours, -1, 0)
            theirs = np.stack([run[number] for run in runs]).reshape(ours.shape)
            what = f"{sample.id}: result {number} of {batching}"
            if theirs.dtype.kind == "f" and theirs.dtype == np.float64:
                np.testing.assert_allclose(
                    ours, theirs, rtol=BATCH_TOLERANCE, atol=1e-14, err_msg=what
                )
            else:
                np.testing.assert_array_equal(ours, theirs, err_msg=what)


def _number(batching: programs.Batching, operand: int, outer: int, inner: int) -> int:
    """Which of the examples an operand is in one place of the batch."""
    has_inner = batching.inner[operand] >= 0
    has_outer = batching.outer is not None and batching.outer[operand] >= 0
    return (outer * programs.SIZE if has_outer else 0) + (inner if has_inner else 0)


def _stack(batching: programs.Batching, operand: int, arrays: list[Array]) -> Array:
    def inner(outer: int) -> Array:
        if batching.inner[operand] < 0:
            return arrays[_number(batching, operand, outer, 0)]
        parts = [arrays[_number(batching, operand, outer, i)] for i in range(programs.SIZE)]
        return np.stack(parts, batching.inner[operand])

    if batching.outer is None or batching.outer[operand] < 0:
        return inner(0)
    return np.stack([inner(o) for o in range(programs.OUTER)], batching.outer[operand])


def check_lower(sample: Sample) -> None:
    module = _nabla.Module.parse(programs.values(sample))
    assert f"nabla.{sample.op}" in module.text(), f"{sample.id} does not use the op"
    module.run_to("llvm")
    text = module.text()
    assert "nabla." not in text and "llvm.func" in text, sample.id


CHECKS: dict[str, Callable[[Sample], None]] = {
    "value": check_values,
    "jvp": check_jvp,
    "transpose": check_transpose,
    "batch": check_batch,
    "lower": check_lower,
}
