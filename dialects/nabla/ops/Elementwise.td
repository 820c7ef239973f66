//===- Elementwise.td - Elementwise operations -------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An elementwise op is one record: its derivative, its transpose if it is
// linear, and its meaning on a scalar. Tangents are multiplied by
// `nabla.mul_zero`, which lets a zero tangent win over an infinite or undefined
// derivative, so that `where` keeps NaNs out of gradients of any order.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_ELEMENTWISE_TD
#define NABLA_OPS_ELEMENTWISE_TD

include "dialects/nabla/NablaBase.td"

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

def Nabla_NegOp : Nabla_UnaryOp<"neg", Nabla_NumberTensor, [Nabla_Linear]> {
  let summary = "-x";
  let example = ["nb.neg(nb.tensor([1.0, -2.0]))",
                 "Tensor([-1.  2.] : f32[2])"];
  let numpy = "negative";
  let jvps = [(Neg $t0)];
  let transposes = [(Neg $ct)];
  let hasFolder = 1;
}

def Nabla_AbsOp : Nabla_UnaryOp<"abs", Nabla_NumberTensor> {
  let summary = "The absolute value of x";
  let description = "The derivative at 0 is 0.";
  let example = ["nb.abs(nb.tensor([-1.5, 2.0]))",
                 "Tensor([1.5 2. ] : f32[2])"];
  let numpy = "abs";
  let jvps = [(MulZero $t0, (Sign $x))];
}

def Nabla_SignOp : Nabla_UnaryOp<"sign", Nabla_NumberTensor> {
  let summary = "-1, 0 or 1, by the sign of x";
  let description = "NaN for NaN. The derivative is 0 everywhere.";
  let example = ["nb.sign(nb.tensor([-1.5, 0.0, 2.0]))",
                 "Tensor([-1.  0.  1.] : f32[3])"];
  let numpy = "sign";
  let jvps = [];
}

class Nabla_FloatUnaryOp<string mnemonic, string math, string np, dag derivative>
    : Nabla_UnaryOp<mnemonic> {
  let numpy = np;
  let scalar = ScalarFloat<math>;
  let jvps = [(MulZero $t0, derivative)];
}

def Nabla_ExpOp
    : Nabla_FloatUnaryOp<"exp", "math::ExpOp", "exp", (Id $result)> {
  let summary = "e to the power of x";
  let example = ["nb.exp(1.0)", "Tensor(2.7183 : f32[])"];
}
def Nabla_Expm1Op : Nabla_FloatUnaryOp<"expm1", "math::ExpM1Op", "expm1",
                                       (Add $result, (Scalar "1.0"))> {
  let summary = "exp(x) - 1, accurate near 0";
  let example = ["nb.expm1(nb.tensor([0.0, 1.0]))",
                 "Tensor([0.     1.7183] : f32[2])"];
}
def Nabla_Exp2Op : Nabla_FloatUnaryOp<"exp2", "math::Exp2Op", "exp2",
                                      (Mul $result, (Scalar "0.6931471805599453"))> {
  let summary = "2 to the power of x";
  let example = ["nb.exp2(nb.tensor([0.5, 3.0]))",
                 "Tensor([1.4142 8.    ] : f32[2])"];
}
def Nabla_LogOp : Nabla_UnaryOp<"log"> {
  let summary = "The natural logarithm of x";
  let example = ["nb.log(nb.tensor([1.0, 2.0]))",
                 "Tensor([0.     0.6931] : f32[2])"];
  let numpy = "log";
  let scalar = ScalarFloat<"math::LogOp">;
  let jvps = [(DivZero $t0, $x)];
}
def Nabla_Log1pOp : Nabla_UnaryOp<"log1p"> {
  let summary = "log(1 + x), accurate near 0";
  let example = ["nb.log1p(nb.tensor([0.0, 1.0]))",
                 "Tensor([0.     0.6931] : f32[2])"];
  let numpy = "log1p";
  let scalar = ScalarFloat<"math::Log1pOp">;
  let jvps = [(DivZero $t0, (Add $x, (Scalar "1.0")))];
}
def Nabla_Log2Op : Nabla_UnaryOp<"log2"> {
  let summary = "The logarithm of x to base 2";
  let example = ["nb.log2(nb.tensor([0.25, 3.0]))",
                 "Tensor([-2.     1.585] : f32[2])"];
  let numpy = "log2";
  let scalar = ScalarFloat<"math::Log2Op">;
  let jvps = [(DivZero (MulZero $t0, (Scalar "1.4426950408889634")), $x)];
}
def Nabla_Log10Op : Nabla_UnaryOp<"log10"> {
  let summary = "The logarithm of x to base 10";
  let example = ["nb.log10(nb.tensor([100.0, 2.0]))",
                 "Tensor([2.    0.301] : f32[2])"];
  let numpy = "log10";
  let scalar = ScalarFloat<"math::Log10Op">;
  let jvps = [(DivZero (MulZero $t0, (Scalar "0.4342944819032518")), $x)];
}
def Nabla_SinOp
    : Nabla_FloatUnaryOp<"sin", "math::SinOp", "sin", (Cos $x)> {
  let summary = "The sine of x (radians)";
  let example = ["nb.sin(nb.tensor([0.0, 0.5]))",
                 "Tensor([0.     0.4794] : f32[2])"];
}
def Nabla_CosOp
    : Nabla_FloatUnaryOp<"cos", "math::CosOp", "cos", (Neg (Sin $x))> {
  let summary = "The cosine of x (radians)";
  let example = ["nb.cos(nb.tensor([0.0, 0.5]))",
                 "Tensor([1.     0.8776] : f32[2])"];
}
def Nabla_TanOp
    : Nabla_FloatUnaryOp<"tan", "math::TanOp", "tan",
                         (Add (Mul $result, $result), (Scalar "1.0"))> {
  let summary = "The tangent of x (radians)";
  let example = ["nb.tan(nb.tensor([0.0, 0.5]))",
                 "Tensor([0.     0.5463] : f32[2])"];
}
def Nabla_AsinOp
    : Nabla_FloatUnaryOp<"asin", "math::AsinOp", "arcsin",
                         (Rsqrt (Sub (Scalar "1.0"), (Mul $x, $x)))> {
  let summary = "The inverse sine of x, in radians";
  let example = ["nb.asin(nb.tensor([0.0, 0.5]))",
                 "Tensor([0.     0.5236] : f32[2])"];
}
def Nabla_AcosOp
    : Nabla_FloatUnaryOp<"acos", "math::AcosOp", "arccos",
                         (Neg (Rsqrt (Sub (Scalar "1.0"), (Mul $x, $x))))> {
  let summary = "The inverse cosine of x, in radians";
  let example = ["nb.acos(nb.tensor([0.0, 0.5]))",
                 "Tensor([1.5708 1.0472] : f32[2])"];
}
def Nabla_AtanOp : Nabla_UnaryOp<"atan"> {
  let summary = "The inverse tangent of x, in radians";
  let example = ["nb.atan(nb.tensor([0.0, 1.0]))",
                 "Tensor([0.     0.7854] : f32[2])"];
  let numpy = "arctan";
  let scalar = ScalarFloat<"math::AtanOp">;
  let jvps = [(DivZero $t0, (Add (Mul $x, $x), (Scalar "1.0")))];
}
def Nabla_SinhOp
    : Nabla_FloatUnaryOp<"sinh", "math::SinhOp", "sinh", (Cosh $x)> {
  let summary = "The hyperbolic sine of x";
  let example = ["nb.sinh(nb.tensor([0.0, 1.0]))",
                 "Tensor([0.     1.1752] : f32[2])"];
}
def Nabla_CoshOp
    : Nabla_FloatUnaryOp<"cosh", "math::CoshOp", "cosh", (Sinh $x)> {
  let summary = "The hyperbolic cosine of x";
  let example = ["nb.cosh(nb.tensor([0.0, 1.0]))",
                 "Tensor([1.     1.5431] : f32[2])"];
}
def Nabla_TanhOp
    : Nabla_FloatUnaryOp<"tanh", "math::TanhOp", "tanh",
                         (Sub (Scalar "1.0"), (Mul $result, $result))> {
  let summary = "The hyperbolic tangent of x";
  let example = ["nb.tanh(nb.tensor([0.0, 1.0]))",
                 "Tensor([0.     0.7616] : f32[2])"];
}
def Nabla_AsinhOp
    : Nabla_FloatUnaryOp<"asinh", "math::AsinhOp", "arcsinh",
                         (Rsqrt (Add (Mul $x, $x), (Scalar "1.0")))> {
  let summary = "The inverse hyperbolic sine of x";
  let example = ["nb.asinh(nb.tensor([0.0, 1.0]))",
                 "Tensor([0.     0.8814] : f32[2])"];
}
def Nabla_AcoshOp
    : Nabla_FloatUnaryOp<"acosh", "math::AcoshOp", "arccosh",
                         (Rsqrt (Mul (Sub $x, (Scalar "1.0")),
                                     (Add $x, (Scalar "1.0"))))> {
  let summary = "The inverse hyperbolic cosine of x";
  let example = ["nb.acosh(nb.tensor([1.0, 2.0]))",
                 "Tensor([0.    1.317] : f32[2])"];
}
def Nabla_AtanhOp : Nabla_UnaryOp<"atanh"> {
  let summary = "The inverse hyperbolic tangent of x";
  let example = ["nb.atanh(nb.tensor([0.0, 0.5]))",
                 "Tensor([0.     0.5493] : f32[2])"];
  let numpy = "arctanh";
  let scalar = ScalarFloat<"math::AtanhOp">;
  let jvps = [(DivZero $t0, (Mul (Sub (Scalar "1.0"), $x),
                                (Add (Scalar "1.0"), $x)))];
}
def Nabla_LogisticOp : Nabla_UnaryOp<"logistic"> {
  let summary = "The logistic function 1 / (1 + exp(-x))";
  let python = "sigmoid";
  let example = ["nb.sigmoid(nb.tensor([0.0, 1.0]))",
                 "Tensor([0.5    0.7311] : f32[2])"];
  let jvps = [(MulZero $t0, (Mul $result, (Sub (Scalar "1.0"), $result)))];
}
def Nabla_SqrtOp : Nabla_UnaryOp<"sqrt"> {
  let summary = "The square root of x";
  let example = ["nb.sqrt(nb.tensor([4.0, 2.0]))",
                 "Tensor([2.     1.4142] : f32[2])"];
  let numpy = "sqrt";
  let scalar = ScalarFloat<"math::SqrtOp">;
  let jvps = [(DivZero (MulZero $t0, (Scalar "0.5")), $result)];
}
def Nabla_CbrtOp : Nabla_UnaryOp<"cbrt"> {
  let summary = "The cube root of x";
  let example = ["nb.cbrt(nb.tensor([-8.0, 2.0]))",
                 "Tensor([-2.      1.2599] : f32[2])"];
  let numpy = "cbrt";
  let scalar = ScalarFloat<"math::CbrtOp">;
  let jvps = [(DivZero (DivZero (MulZero $t0, (Scalar "0.3333333333333333")),
                                $result), $result)];
}
def Nabla_RsqrtOp : Nabla_UnaryOp<"rsqrt"> {
  let summary = "1 / sqrt(x)";
  let example = ["nb.rsqrt(nb.tensor([4.0, 2.0]))",
                 "Tensor([0.5    0.7071] : f32[2])"];
  let jvps = [(DivZero (MulZero (MulZero $t0, $result), (Scalar "-0.5")), $x)];
}
def Nabla_ErfOp
    : Nabla_FloatUnaryOp<"erf", "math::ErfOp", "",
                         (Mul (Scalar "1.1283791670955126"),
                              (Exp (Neg (Mul $x, $x))))> {
  let summary = "The error function of x";
  let example = ["nb.erf(nb.tensor([0.0, 0.5]))",
                 "Tensor([0.     0.5205] : f32[2])"];
}

class Nabla_StepOp<string mnemonic, string math> : Nabla_UnaryOp<mnemonic> {
  let description = "The derivative is 0, also at the steps.";
  let numpy = mnemonic;
  let scalar = ScalarFloat<math>;
  let jvps = [];
}
def Nabla_FloorOp : Nabla_StepOp<"floor", "math::FloorOp"> {
  let summary = "The largest integer that is not above x";
  let example = ["nb.floor(nb.tensor([-1.5, 1.5]))",
                 "Tensor([-2.  1.] : f32[2])"];
}
def Nabla_CeilOp : Nabla_StepOp<"ceil", "math::CeilOp"> {
  let summary = "The smallest integer that is not below x";
  let example = ["nb.ceil(nb.tensor([-1.5, 1.5]))",
                 "Tensor([-1.  2.] : f32[2])"];
}
def Nabla_RoundOp : Nabla_StepOp<"round", "math::RoundEvenOp"> {
  let summary = "The integer nearest to x, ties to even";
  let python = "";
}
def Nabla_TruncOp : Nabla_StepOp<"trunc", "math::TruncOp"> {
  let summary = "x without its fraction";
  let example = ["nb.trunc(nb.tensor([-1.5, 1.5]))",
                 "Tensor([-1.  1.] : f32[2])"];
}

def Nabla_IsFiniteOp : Nabla_PredicateOp<"is_finite"> {
  let summary = "Whether x is neither infinite nor NaN";
  let example = ["nb.is_finite(nb.tensor([1.0, float(\"inf\")]))",
                 "Tensor([ True False] : bool[2])"];
  let numpy = "isfinite";
}
def Nabla_IsNanOp : Nabla_PredicateOp<"is_nan"> {
  let summary = "Whether x is NaN";
  let example = ["nb.is_nan(nb.tensor([1.0, float(\"nan\")]))",
                 "Tensor([False  True] : bool[2])"];
  let numpy = "isnan";
}
def Nabla_IsInfOp : Nabla_PredicateOp<"is_inf"> {
  let summary = "Whether x is infinite";
  let example = ["nb.is_inf(nb.tensor([1.0, float(\"-inf\")]))",
                 "Tensor([False  True] : bool[2])"];
  let numpy = "isinf";
}

def Nabla_StopGradientOp : Nabla_UnaryOp<"stop_gradient", Nabla_Tensor> {
  let summary = "x, as a constant to differentiation";
  let example = ["nb.grad(lambda x: x * nb.stop_gradient(x))(3.0)",
                 "Tensor(3. : f32[])"];
  let jvps = [];
}

def Nabla_NotOp : Nabla_UnaryOp<"not", Nabla_IntOrBoolTensor> {
  let summary = "Bitwise complement; logical not of a bool";
  let python = "bitwise_not";
  let example = ["nb.bitwise_not(nb.tensor([0, 5]))",
                 "Tensor([-1 -6] : i32[2])"];
  let numpy = "invert";
  let jvps = [];
}

def Nabla_IntegerPowOp
    : Nabla_ElementwiseBase<"integer_pow", [SameOperandsAndResultType]> {
  let summary = "x to the power of a fixed integer";
  let python = "";
  let description = [{
    Computed by repeated squaring; 0 to the power of 0 is 1. The exponent is not
    negative for a tensor of integers. The derivative of the power 0 is 0, also
    at 0.
  }];
  let arguments = (ins Nabla_NumberTensor:$x, I64Attr:$exponent);
  let results = (outs Nabla_NumberTensor:$result);
  let assemblyFormat = "$x `,` $exponent attr-dict `:` type($result)";
  let jvps = [(MulZero $t0, (IntegerPowDerivative $x, $exponent))];
  let hasFolder = 1;
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

//===----------------------------------------------------------------------===//
// Binary
//===----------------------------------------------------------------------===//

def Nabla_AddOp : Nabla_BinaryOp<"add", Nabla_NumberTensor,
                                 [Nabla_Linear, Commutative]> {
  let summary = "x + y";
  let python = "";
  let numpy = "add";
  let scalar = Scalar_<"arith::AddFOp", "arith::AddIOp", "arith::AddIOp">;
  let jvps = [(Id $t0), (Id $t1)];
  let transposes = [(Id $ct), (Id $ct)];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}
def Nabla_SubOp : Nabla_BinaryOp<"sub", Nabla_NumberTensor, [Nabla_Linear]> {
  let summary = "x - y";
  let example = ["nb.sub(nb.tensor([5, 3]), 1)", "Tensor([4 2] : i32[2])"];
  let numpy = "subtract";
  let scalar = Scalar_<"arith::SubFOp", "arith::SubIOp", "arith::SubIOp">;
  let jvps = [(Id $t0), (Neg $t1)];
  let transposes = [(Id $ct), (Neg $ct)];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}
def Nabla_MulOp : Nabla_BinaryOp<"mul", Nabla_NumberTensor,
                                 [Nabla_Linear, Commutative]> {
  let summary = "x * y";
  let python = "";
  let numpy = "multiply";
  let scalar = Scalar_<"arith::MulFOp", "arith::MulIOp", "arith::MulIOp">;
  let jvps = [(MulZero $t0, $y), (MulZero $t1, $x)];
  let transposes = [(MulZero $ct, $y), (MulZero $ct, $x)];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}
def Nabla_MulZeroOp : Nabla_BinaryOp<"mul_zero", Nabla_FloatTensor,
                                     [Nabla_Linear, Commutative]> {
  let summary = "0 where t or d is 0, else t * d";
  let python = "";
  let description = [{
    The product of a tangent and a derivative, in which a zero wins over an infinity
    or NaN: a tangent that is 0 because the value is not used gives 0 whatever the
    derivative is, and so it does where the tangent comes out on the other side, in
    derivatives of derivatives. The sign of that 0 is not specified.
  }];
  let arguments = (ins Nabla_FloatTensor:$t, Nabla_FloatTensor:$d);
  let assemblyFormat = "$t `,` $d attr-dict `:` type($result)";
  let jvps = [(MulZero $t0, $d), (MulZero $t1, $t)];
  let transposes = [(MulZero $ct, $d), (MulZero $ct, $t)];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}
def Nabla_DivZeroOp : Nabla_BinaryOp<"div_zero", Nabla_FloatTensor, [Nabla_Linear]> {
  let summary = "0 where t is 0, else t / y";
  let python = "";
  let description = [{
    The quotient of a tangent and a divisor, in which a zero tangent wins over a
    divisor that is 0 or NaN. The sign of that 0 is not specified.
  }];
  let arguments = (ins Nabla_FloatTensor:$t, Nabla_FloatTensor:$y);
  let assemblyFormat = "$t `,` $y attr-dict `:` type($result)";
  let jvps = [(DivZero $t0, $y), (Neg (DivZero (MulZero $t1, $result), $y))];
  let transposes = [(DivZero $ct, $y), (Id)];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}
def Nabla_DivOp : Nabla_BinaryOp<"div", Nabla_NumberTensor, [Nabla_Linear]> {
  let summary = "x / y";
  let python = "";
  let description = [{
    Integers are divided towards zero. Integer division by zero gives -1 (all
    bits set), and the smallest integer divided by -1 gives itself.
  }];
  let numpy = "divide";
  let jvps = [(DivZero $t0, $y), (Neg (DivZero (MulZero $t1, $result), $y))];
  let transposes = [(DivZero $ct, $y), (Id)];
  let hasFolder = 1;
}
def Nabla_RemOp : Nabla_BinaryOp<"rem"> {
  let summary = "The remainder of x / y, with the sign of x";
  let description = [{
    An integer modulo 0 gives x, the smallest integer modulo -1 gives 0. The
    derivatives are 1 and -trunc(x / y), also where the remainder jumps.
  }];
  let python = "fmod";
  let example = ["nb.fmod(nb.tensor([-7, 7]), 3)", "Tensor([-1  1] : i32[2])"];
  let numpy = "fmod";
  let jvps = [(Id $t0), (MulZero $t1, (Neg (Trunc (Div $x, $y))))];
}
def Nabla_PowOp : Nabla_BinaryOp<"pow", Nabla_FloatTensor> {
  let summary = "x to the power of y";
  let python = "";
  let description = [{
    The derivative with respect to x is 0 where y is 0. The derivative with
    respect to y takes log(x) as 0 where x is 0.
  }];
  let numpy = "power";
  let scalar = ScalarFloat<"math::PowFOp">;
  let jvps = [
    (MulZero $t0, (Select (CmpEq $y, (Scalar "0.0")), (Scalar "0.0"),
                          (Mul $y, (Pow $x, (Sub $y, (Scalar "1.0")))))),
    (MulZero $t1, (Mul $result,
                       (Log (Select (CmpEq $x, (Scalar "0.0")),
                                    (Scalar "1.0"), $x))))
  ];
}
class Nabla_ExtremumOp<string mnemonic> : Nabla_BinaryOp<mnemonic, Nabla_Tensor> {
  let description = "NaN if either operand is. Ties share the tangent equally.";
}
def Nabla_MaxOp : Nabla_ExtremumOp<"max"> {
  let summary = "The larger of x and y";
  let python = "maximum";
  let example = ["nb.maximum(nb.tensor([1.0, 4.0]), 2.0)",
                 "Tensor([2. 4.] : f32[2])"];
  let numpy = "maximum";
  let jvps = [
    (MulZero $t0, (Select (CmpGt $x, $y), (Scalar "1.0"),
                          (Select (CmpEq $x, $y), (Scalar "0.5"), (Scalar "0.0")))),
    (MulZero $t1, (Select (CmpGt $y, $x), (Scalar "1.0"),
                          (Select (CmpEq $x, $y), (Scalar "0.5"), (Scalar "0.0"))))
  ];
}
def Nabla_MinOp : Nabla_ExtremumOp<"min"> {
  let summary = "The smaller of x and y";
  let python = "minimum";
  let example = ["nb.minimum(nb.tensor([1.0, 4.0]), 2.0)",
                 "Tensor([1. 2.] : f32[2])"];
  let numpy = "minimum";
  let jvps = [
    (MulZero $t0, (Select (CmpGt $y, $x), (Scalar "1.0"),
                          (Select (CmpEq $x, $y), (Scalar "0.5"), (Scalar "0.0")))),
    (MulZero $t1, (Select (CmpGt $x, $y), (Scalar "1.0"),
                          (Select (CmpEq $x, $y), (Scalar "0.5"), (Scalar "0.0"))))
  ];
}
def Nabla_Atan2Op : Nabla_BinaryOp<"atan2", Nabla_FloatTensor> {
  let summary = "The angle in radians of the point (y, x), first operand y";
  let example = ["nb.atan2(nb.tensor([1.0, -1.0]), -1.0)",
                 "Tensor([ 2.3562 -2.3562] : f32[2])"];
  let description = "The derivatives at the origin are NaN.";
  let arguments = (ins Nabla_FloatTensor:$y, Nabla_FloatTensor:$x);
  let assemblyFormat = "$y `,` $x attr-dict `:` type($result)";
  let numpy = "arctan2";
  let scalar = ScalarFloat<"math::Atan2Op">;
  let jvps = [
    (MulZero $t0, (Div $x, (Add (Mul $x, $x), (Mul $y, $y)))),
    (MulZero $t1, (Neg (Div $y, (Add (Mul $x, $x), (Mul $y, $y)))))
  ];
}

class Nabla_BitwiseOp<string mnemonic, string arith>
    : Nabla_BinaryOp<mnemonic, Nabla_IntOrBoolTensor> {
  let python = "bitwise_" # mnemonic;
  let numpy = python;
  let jvps = [];
  let scalar = Scalar_<"", arith, arith>;
}
def Nabla_AndOp : Nabla_BitwiseOp<"and", "arith::AndIOp"> {
  let summary = "Bitwise and; logical and of bools";
  let example = ["nb.bitwise_and(nb.tensor([5, 6]), 3)",
                 "Tensor([1 2] : i32[2])"];
}
def Nabla_OrOp : Nabla_BitwiseOp<"or", "arith::OrIOp"> {
  let summary = "Bitwise or; logical or of bools";
  let example = ["nb.bitwise_or(nb.tensor([5, 6]), 3)",
                 "Tensor([7 7] : i32[2])"];
}
def Nabla_XorOp : Nabla_BitwiseOp<"xor", "arith::XOrIOp"> {
  let summary = "Bitwise exclusive or; logical exclusive or of bools";
  let example = ["nb.bitwise_xor(nb.tensor([5, 6]), 3)",
                 "Tensor([6 5] : i32[2])"];
}

class Nabla_ShiftOp<string mnemonic> : Nabla_BinaryOp<mnemonic, Nabla_IntTensor> {
  let jvps = [];
}
def Nabla_ShiftLeftOp : Nabla_ShiftOp<"shift_left"> {
  let summary = "x with its bits moved y places up";
  let description = "0 where y is negative, or no less than x has bits.";
  let python = "left_shift";
  let numpy = python;
  let example = ["nb.left_shift(nb.tensor([1, 5]), 3)",
                 "Tensor([ 8 40] : i32[2])"];
}
def Nabla_ShiftRightOp : Nabla_ShiftOp<"shift_right"> {
  let summary = "x with its bits moved y places down, the sign kept";
  let description = [{
    0 where y is negative, or no less than x has bits; -1 there if x is negative.
  }];
  let python = "right_shift";
  let numpy = python;
  let example = ["nb.right_shift(nb.tensor([40, -1]), 3)",
                 "Tensor([ 5 -1] : i32[2])"];
}

//===----------------------------------------------------------------------===//
// Comparison, selection, conversion: the operand and result types differ
//===----------------------------------------------------------------------===//

def Nabla_Predicate : I64EnumAttr<"Predicate", "a comparison", [
    I64EnumAttrCase<"eq", 0>, I64EnumAttrCase<"ne", 1>,
    I64EnumAttrCase<"lt", 2>, I64EnumAttrCase<"le", 3>,
    I64EnumAttrCase<"gt", 4>, I64EnumAttrCase<"ge", 5>]> {
  let cppNamespace = "::nabla";
  let genSpecializedAttr = 0;
}
def Nabla_PredicateAttr : EnumAttr<Nabla_Dialect, Nabla_Predicate, "predicate">;

def Nabla_CompareOp
    : Nabla_ElementwiseBase<"compare",
                            [Nabla_InferType, SameTypeOperands]> {
  let jvps = [];
  let summary = "Compares x and y";
  let python = "";
  let description = [{
    Ordered comparison of numbers: any comparison with NaN but `ne` is false.
    False is less than true.

    ```mlir
    %p = nabla.compare lt %x, %y : tensor<3xf32>
    ```
  }];
  let arguments = (ins Nabla_PredicateAttr:$predicate, Nabla_Tensor:$x,
                       Nabla_Tensor:$y);
  let results = (outs Nabla_BoolTensor:$result);
  let assemblyFormat = "$predicate $x `,` $y attr-dict `:` type($x)";
}

def Nabla_SelectOp
    : Nabla_LinearOp<"select",
                     [ElementwiseFamily,
                      AllTypesMatch<["x", "y", "result"]>,
                      TypesMatchWith<"the predicate is a tensor of bools of the shape",
                                     "result", "predicate",
                                     "::nabla::boolTypeLike($_self)">]> {
  let summary = "x where the predicate holds, else y";
  let family = "elementwise";
  let arguments = (ins Nabla_BoolTensor:$predicate, Nabla_Tensor:$x,
                       Nabla_Tensor:$y);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = "$predicate `,` $x `,` $y attr-dict `:` type($result)";
  let hasFolder = 1;
}

def Nabla_ConvertOp
    : Nabla_LinearOp<"convert", [ElementwiseFamily,
                                 AllShapesMatch<["x", "result"]>]> {
  let summary = "x in another element type";
  let description = [{
    Floats become integers by truncation, saturating at the ends of the range,
    NaN becoming 0; integers wrap; anything but zero becomes true.
  }];
  let family = "elementwise";
  let arguments = (ins Nabla_Tensor:$x);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}

#endif // NABLA_OPS_ELEMENTWISE_TD
