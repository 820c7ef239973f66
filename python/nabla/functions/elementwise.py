# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The functions that are generated from the op definitions, one line each."""

from nabla._generated import functions as _generated

abs = _generated.abs
acos = _generated.acos
acosh = _generated.acosh
asin = _generated.asin
asinh = _generated.asinh
atan = _generated.atan
atan2 = _generated.atan2
atanh = _generated.atanh
bitwise_and = _generated.bitwise_and
bitwise_not = _generated.bitwise_not
bitwise_or = _generated.bitwise_or
bitwise_xor = _generated.bitwise_xor
ceil = _generated.ceil
cos = _generated.cos
cosh = _generated.cosh
erf = _generated.erf
exp = _generated.exp
expm1 = _generated.expm1
floor = _generated.floor
fmod = _generated.fmod
is_finite = _generated.is_finite
is_inf = _generated.is_inf
is_nan = _generated.is_nan
log = _generated.log
log1p = _generated.log1p
maximum = _generated.maximum
minimum = _generated.minimum
neg = _generated.neg
round = _generated.round
rsqrt = _generated.rsqrt
sigmoid = _generated.sigmoid
sign = _generated.sign
sin = _generated.sin
sinh = _generated.sinh
sqrt = _generated.sqrt
stop_gradient = _generated.stop_gradient
sub = _generated.sub
tan = _generated.tan
tanh = _generated.tanh
trunc = _generated.trunc
