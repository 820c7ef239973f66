# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""dot_general of any layout and size, against NumPy in f64."""

import ml_dtypes
import nabla as nb
import numpy as np
import pytest

RNG = np.random.default_rng(11)
ELEMENTS = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
            "i32": np.int32}  # fmt: skip
# Relative to the sum of the magnitudes of all terms.
TOLERANCE = {"f32": 2e-6, "f64": 1e-14, "f16": 1e-3, "bf16": 8e-3, "i32": 0}


def dims(values):
    return f"[{', '.join(map(str, values))}]"


def tensor(shape, element):
    return f"tensor<{''.join(f'{n}x' for n in shape)}{element}>"


def einsum(x, y, case):
    """dot_general by NumPy, in the wider type of its arguments."""
    _, _, x_batch, y_batch, x_contract, y_contract = case
    letters = iter("abcdefghijklmnop")
    of_x, of_y = [""] * x.ndim, [""] * y.ndim
    shared = zip((*x_batch, *x_contract), (*y_batch, *y_contract), strict=True)
    for i, j in shared:
        of_x[i] = of_y[j] = next(letters)
    of_x = [name or next(letters) for name in of_x]
    of_y = [name or next(letters) for name in of_y]
    result = [of_x[i] for i in x_batch]
    result += [n for i, n in enumerate(of_x) if i not in (*x_batch, *x_contract)]
    result += [n for i, n in enumerate(of_y) if i not in (*y_batch, *y_contract)]
    return np.einsum(f"{''.join(of_x)},{''.join(of_y)}->{''.join(result)}", x, y)


def check(cases, element):
    """One program with all products."""
    lines, arguments, arrays, results, expected = [], [], [], [], []
    for i, case in enumerate(cases):
        x_shape, y_shape, x_batch, y_batch, x_contract, y_contract = case
        x, y = (RNG.integers(-8, 9, s).astype(ELEMENTS[element]) for s in (x_shape, y_shape))
        if element != "i32":
            x, y = (a * (1 + RNG.random(a.shape) / 8).astype(a.dtype) for a in (x, y))
        wide = (a.astype(np.int64 if element == "i32" else np.float64) for a in (x, y))
        want = einsum(*wide, case)
        scale = einsum(np.abs(x.astype(np.float64)), np.abs(y.astype(np.float64)), case)
        types = tensor(x_shape, element), tensor(y_shape, element), tensor(want.shape, element)
        arguments += [f"%x{i}: {types[0]}", f"%y{i}: {types[1]}"]
        arrays += [x, y]
        lines.append(
            f"  %r{i} = nabla.dot_general %x{i}, %y{i} batch = {dims(x_batch)} x {dims(y_batch)}"
            f" contract = {dims(x_contract)} x {dims(y_contract)}"
            f" : ({types[0]}, {types[1]}) -> {types[2]}"
        )
        results.append((f"%r{i}", types[2]))
        expected.append((case, want, scale))
    names, types = (", ".join(column) for column in zip(*results, strict=True))
    text = f"func.func @main({', '.join(arguments)}) -> ({types}) {{\n"
    text += "\n".join(lines) + f"\n  return {names} : {types}\n}}"
    got = nb.run_mlir(text, *arrays)
    got = got if isinstance(got, tuple) else (got,)
    for result, (case, want, scale) in zip(got, expected, strict=True):
        result = np.asarray(result).astype(np.float64)
        assert result.shape == want.shape
        error = np.abs(result - want)
        assert (error <= TOLERANCE[element] * scale + 1e-300).all(), (case, element)


def matmuls(m, n, k):
    """All four layouts."""
    yield (m, k), (k, n), (), (), (1,), (0,)
    yield (m, k), (n, k), (), (), (1,), (1,)
    yield (k, m), (k, n), (), (), (0,), (0,)
    yield (k, m), (n, k), (), (), (0,), (1,)


OTHERS = [
    ((3, 5, 7), (3, 7, 19), (0,), (0,), (2,), (1,)),  # batched
    ((2, 3, 9, 33), (2, 3, 33, 20), (0, 1), (0, 1), (3,), (2,)),
    ((9, 4, 33), (33, 4, 17), (1,), (1,), (2,), (0,)),  # the batch inside
    ((6, 8, 40), (6, 8, 24), (), (), (0, 1), (0, 1)),  # two contracted, in a row
    ((6, 7, 2, 13), (13, 24, 6, 7), (1,), (3,), (0, 3), (2, 0)),  # and apart
    ((4, 6, 10), (10, 5, 7), (), (), (2,), (0,)),  # several free ones
    ((33,), (33,), (), (), (0,), (0,)),  # vectors
    ((33,), (33, 50), (), (), (0,), (0,)),
    ((50, 33), (33,), (), (), (1,), (0,)),
    ((5, 1), (1, 300), (), (), (1,), (0,)),  # an outer product
    ((0, 5), (5, 8), (), (), (1,), (0,)),  # of nothing
    ((40, 0), (0, 80), (), (), (1,), (0,)),
    ((2, 300), (1100, 300), (), (), (1,), (1,)),  # few rows, and rows far apart
    ((70, 20), (20, 1100), (), (), (1,), (0,)),
]
SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33, 48, 65, 100]


@pytest.mark.parametrize("element", ELEMENTS)
def test_layouts(element) -> None:
    check([*OTHERS, *matmuls(20, 30, 40)], element)


@pytest.mark.parametrize("seed", range(6))
def test_random_sizes(seed) -> None:
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(5):
        cases += matmuls(*(int(s) for s in rng.choice(SIZES, 3)))
    check(cases, "f64" if seed == 5 else "f32")


def test_tiles() -> None:
    """More of B than a cache holds: tiles both ways, the last ones cut, sums in pieces or not."""
    check([*matmuls(531, 1090, 520), *matmuls(450, 1500, 373)], "f32")
    check([*matmuls(461, 1060, 333)], "f64")
    check([*matmuls(448, 1500, 768)], "f16")


def test_blocks_do_not_change_sums() -> None:
    """A row of a product is the same bits, whatever rows stand beside it."""
    a = RNG.standard_normal((37, 64)).astype(np.float32)
    b = RNG.standard_normal((64, 45)).astype(np.float32)
    product = nb.compile(lambda a, b: a @ b)
    whole = np.asarray(product(a, b))
    np.testing.assert_array_equal(np.asarray(product(a[5:29], b)), whole[5:29])
