#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Computes the coefficients in polynomials.h: `python fit_polynomials.py > polynomials.h`.

Each function is interpolated at the Chebyshev nodes of its interval, in decimals of 100 digits.
That is within a small factor of the best polynomial of its degree (L. N. Trefethen,
"Approximation Theory and Approximation Practice", chapters 3 and 16). The degree is the lowest
that adds less than 1/64 of the last bit to the result.
"""

from decimal import Decimal as D
from decimal import getcontext

getcontext().prec = 100
ONE = D(1)


def series(term, ratio):
    """term + term * ratio(1) + term * ratio(1) * ratio(2) + ..."""
    total, k = D(0), 0
    while abs(term) > abs(total) * D(10) ** -98:
        total += term
        k += 1
        term *= ratio(k)
    return total


def sin(x):
    return series(x, lambda k: -x * x / (2 * k * (2 * k + 1)))


def cos(x):
    return series(ONE, lambda k: -x * x / (2 * k * (2 * k - 1)))


def sinh(x):
    return series(x, lambda k: x * x / (2 * k * (2 * k + 1)))


def atan(x):
    if x > D("0.1"):  # by half the angle
        return 2 * atan(x / (1 + (1 + x * x).sqrt()))
    return sum((-1) ** k * x ** (2 * k + 1) / (2 * k + 1) for k in range(60))


def asin(x):
    return 2 * atan(x / (1 + (1 - x * x).sqrt()))


PI = 4 * atan(ONE)


def erf(x):
    return 2 / PI.sqrt() * (-x * x).exp() * series(x, lambda k: 2 * x * x / (2 * k + 1))


def of_square(f):
    """(f(x) / x - 1) / z as a function of z = x * x."""

    def g(z):
        x = z.sqrt()
        return (f(x) / x - 1) / z

    return g


def log_tail(z):
    s = z.sqrt()
    return (((1 + s) / (1 - s)).ln() / s - 2) / z


LN2 = D(2).ln()
SQRT2 = D(2).sqrt()
S2 = ((SQRT2 - 1) / (SQRT2 + 1)) ** 2


def erfcx(x):
    return (x * x).exp() * (1 - erf(x))


# Name, text, the functions and intervals for f32 and f64, and how much a change of the
# polynomial's value changes the result, relative to the result.
POLYNOMIALS = (
    ("exp", "(exp(r) - 1 - r) / r^2", lambda r: series(ONE / 2, lambda k: r / (k + 2)),
     ((-LN2 / 2, LN2 / 2),) * 2, lambda r: r * r),
    ("log", "(log((1 + s) / (1 - s)) / s - 2) / z, z = s^2", log_tail,
     ((D(0), S2),) * 2, lambda z: z / 2),
    ("sinh", "(sinh(x) / x - 1) / z, z = x^2", of_square(sinh), ((D(0), ONE),) * 2,
     lambda z: z),
    ("sin", "(sin(x) / x - 1) / z, z = x^2", of_square(sin), ((D(0), PI * PI / 16),) * 2,
     lambda z: z),
    ("cos", "(cos(x) - 1 + z / 2) / z^2, z = x^2",
     lambda z: (cos(z.sqrt()) - 1 + z / 2) / (z * z), ((D(0), PI * PI / 16),) * 2,
     lambda z: z * z),
    ("atan", "(atan(x) / x - 1) / z, z = x^2", of_square(atan), ((D(0), ONE),) * 2,
     lambda z: z),
    ("asin", "(asin(x) / x - 1) / z, z = x^2", of_square(asin), ((D(0), D("0.25")),) * 2,
     lambda z: z),
    ("erf", "erf(x) / x - 1, z = x^2", lambda z: erf(z.sqrt()) / z.sqrt() - 1,
     ((D(0), ONE),) * 2, lambda z: ONE),
    ("erfcx", "exp(x^2) * (1 - erf(x)), x = 2.5 + 1.5 * u or 3.5 + 2.5 * u",
     (lambda u: erfcx(D("2.5") + D("1.5") * u), lambda u: erfcx(D("3.5") + D("2.5") * u)),
     ((-ONE, ONE),) * 2, lambda u: (-((D("2.5") + D("1.5") * u) ** 2)).exp()),
)  # fmt: skip


def interpolate(f, low, high, degree):
    """Coefficients of the interpolant at the Chebyshev nodes, lowest first."""
    n = degree + 1
    middle, half = (low + high) / 2, (high - low) / 2
    nodes = [cos(PI * (2 * i + 1) / (2 * n)) for i in range(n)]
    values = [f(middle + half * t) for t in nodes]
    # Chebyshev polynomials of u = (x - middle) / half, as coefficients of x.
    previous, current = [ONE], [-middle / half, 1 / half]
    result = [D(0)] * n
    for k in range(n):
        weights = (cos(PI * k * (2 * i + 1) / (2 * n)) for i in range(n))
        c = sum(v * w for v, w in zip(values, weights, strict=True)) * (1 if k == 0 else 2) / n
        for i, p in enumerate(previous):
            result[i] += c * p
        following = [D(0)] * (len(current) + 1)
        for i, p in enumerate(current):
            following[i] -= 2 * middle / half * p
            following[i + 1] += 2 / half * p
        for i, p in enumerate(previous):
            following[i] -= p
        previous, current = current, following
    return result


def fit(f, interval, weight, bits):
    low, high = interval
    grid = [low + (high - low) * (2 * i + 1) / 400 for i in range(200)]
    exact = [f(x) for x in grid]
    for degree in range(2, 40):
        coefficients = interpolate(f, low, high, degree)
        value = lambda x: sum(c * x**i for i, c in enumerate(coefficients))  # noqa: B023, E731
        error = max(abs((value(x) - y) * weight(x)) for x, y in zip(grid, exact, strict=True))
        if error < D(2) ** -(bits + 6):
            return coefficients, error
    raise ValueError("no such polynomial")


def main():
    print("""\
//===- polynomials.h - Coefficients of approximations -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Written by fit_polynomials.py. Lowest power first.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_MATH_POLYNOMIALS_H
#define NABLA_COMPILER_CODEGEN_CPU_MATH_POLYNOMIALS_H

namespace nabla::polynomials {
""")
    for name, text, f, intervals, weight in POLYNOMIALS:
        print(f"// {text}")
        functions = f if isinstance(f, tuple) else (f, f)
        formats = (("F32", 24), ("F64", 53))
        for f, interval, (suffix, bits) in zip(functions, intervals, formats, strict=True):
            coefficients, error = fit(f, interval, weight, bits)
            low, high = (float(end) for end in interval)
            print(f"// on [{low:.6g}, {high:.6g}]; the result is off by {float(error):.1e}")
            print(f"constexpr double {name}{suffix}[] = {{")
            for coefficient in coefficients:
                print(f"    {float(coefficient)!r},")
            print("};")
        print()
    print("""\
} // namespace nabla::polynomials

#endif // NABLA_COMPILER_CODEGEN_CPU_MATH_POLYNOMIALS_H""")


if __name__ == "__main__":
    main()
