# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of NumPy and JAX are here by their names, and those left out are known."""

from __future__ import annotations

import nabla as nb
import numpy as np
import pytest

#: What `jax.numpy` and NumPy both have and Nabla has not, and why.
ABSENT = {
    "complex numbers": "angle conj conjugate imag iscomplex iscomplexobj isreal isrealobj "
    "real sort_complex cdouble csingle complex64 complex128 complexfloating",
    "linear algebra, Fourier transforms": "linalg fft roots polyfit poly polydiv",
    "text, files, bytes": "array_repr array_str frombuffer fromfile fromiter fromstring load "
    "save savez get_printoptions printoptions set_printoptions packbits unpackbits",
    "classes, and dtypes by other names": "bool character double dtype flexible floating generic "
    "inexact int_ integer ndarray number object_ signedinteger single ufunc uint "
    "unsignedinteger can_cast isdtype issubdtype isscalar iterable from_dlpack",
    "writing into an array": "fill_diagonal place put",
    "by indexing or another function": "compress extract choose take_along ndim shape size copy "
    "broadcast_shapes ix_ index_exp s_ c_ r_ mgrid ogrid mask_indices diag_indices_from "
    "tril_indices_from triu_indices_from cumulative_prod cumulative_sum resize rollaxis "
    "unique_all unique_counts unique_inverse unique_values matvec vecmat array_equiv",
    "Python loops, where nb.vmap serves": "apply_along_axis apply_over_axes fromfunction "
    "frompyfunc piecewise vectorize",
    "seldom used": "argpartition partition block bitwise_count cov_ einsum_path float_power frexp "
    "gcd lcm histogram2d histogramdd i0 kaiser intersect1d ldexp modf nextafter "
    "ravel_multi_index setdiff1d setxor1d spacing trim_zeros union1d unwrap",
}


def test_names_that_numpy_and_jax_share() -> None:
    jnp = pytest.importorskip("jax.numpy")
    shared = {n for n in dir(jnp) if not n.startswith("_")} & set(dir(np))
    known = {name for names in ABSENT.values() for name in names.split()}
    assert sorted(shared - set(dir(nb)) - known) == []
    assert sorted(known & set(nb.__all__)) == [], "no longer absent"


def test_aliases_are_the_functions() -> None:
    assert nb.isnan is nb.is_nan and nb.multiply is nb.mul and nb.concat is nb.concatenate
    assert nb.swish is nb.silu and nb.log_softmax is nb.logsoftmax and nb.astype is nb.cast


def test_constants() -> None:
    assert (nb.pi, nb.e, nb.inf) == (np.pi, np.e, np.inf) and np.isnan(nb.nan)
    assert nb.euler_gamma == np.euler_gamma
    assert nb.zeros((3,))[nb.newaxis].shape == (1, 3)


def test_dtypes() -> None:
    assert nb.finfo(nb.float64).eps == np.finfo(np.float64).eps
    assert float(nb.finfo("bfloat16").eps) == 2.0**-7
    assert nb.iinfo(nb.uint8).max == 255
    assert nb.result_type(nb.int32, 2.0) == "float32" and nb.result_type("int8", 1) == "int8"
    assert nb.result_type(np.zeros(2), nb.zeros((1,))) == "float64"
    with pytest.raises(TypeError, match=r"finfo: int32 is not of floats\n.*test_numpy_names"):
        nb.finfo(nb.int32)
    with pytest.raises(TypeError, match=r"iinfo: float32 is not of integers"):
        nb.iinfo(nb.float32)
    with pytest.raises(ValueError, match=r"result_type expects at least one"):
        nb.result_type()
