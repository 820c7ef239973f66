//===- NablaBase.td - Dialect, families and rule language --*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dialect itself, the op families, and the small language in which the
// records of elementwise ops state their derivative and scalar meaning. The
// extra fields are ignored by mlir-tblgen; compiler/tblgen/generate.py turns
// them into C++ rules, Python bindings and the table the tests are drawn from.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_BASE_TD
#define NABLA_BASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/nabla/NablaInterfaces.td"

def Nabla_Dialect : Dialect {
  let name = "nabla";
  let cppNamespace = "::nabla";
  let summary = "Differentiable array programs";
  let description = [{
    Pure operations over ranked tensors, with transforms (`nabla.jvp`,
    `nabla.linearize`, `nabla.vmap`, ...) as call-like operations that passes
    expand. Every operation knows its tangent, its transpose if it is linear,
    and how to act on a batch.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

defvar Nabla_Floats = [F16, BF16, F32, F64];
defvar Nabla_SignedInts = [I8, I16, I32, I64];
defvar Nabla_UnsignedInts = [UI8, UI16, UI32, UI64];
defvar Nabla_Ints = !listconcat(Nabla_SignedInts, Nabla_UnsignedInts);

// Shapes are static, without an encoding, and their size fits in memory: what
// holds of every operand and result is asked nowhere else.
def Nabla_ShapePred : CPred<"::nabla::hasSupportedShape($_self)">;

class Nabla_TensorOf<list<Type> allowed, string summary>
    : Type<And<[IsRankedTensorTypePred,
                Concat<"[](::mlir::Type elementType) { return ",
                       SubstLeaves<"$_self", "elementType", AnyTypeOf<allowed>.predicate>,
                       "; }(::llvm::cast<::mlir::ShapedType>($_self).getElementType())">,
                Nabla_ShapePred]>,
           summary, "::mlir::RankedTensorType"> {
  list<Type> elements = allowed;
}

def Nabla_FloatTensor : Nabla_TensorOf<Nabla_Floats, "a tensor of floats">;
def Nabla_IntTensor : Nabla_TensorOf<Nabla_Ints, "a tensor of integers">;
def Nabla_IntOrBoolTensor
    : Nabla_TensorOf<!listconcat([I1], Nabla_Ints), "a tensor of integers or bools">;
def Nabla_NumberTensor
    : Nabla_TensorOf<!listconcat(Nabla_Floats, Nabla_Ints), "a tensor of numbers">;
def Nabla_Tensor
    : Nabla_TensorOf<!listconcat(Nabla_Floats, [I1], Nabla_Ints),
                     "a tensor of floats, integers or bools with a static shape">;
def Nabla_BoolTensor : Nabla_TensorOf<[I1], "a tensor of bools">;

//===----------------------------------------------------------------------===//
// The rule language
//===----------------------------------------------------------------------===//

// A rule is a dag whose operators build operations. Its leaves name the op's
// operands ($x, $y or whatever the arguments are called), its result ($result),
// the tangents of its operands ($t0, $t1) or, in a transpose, the cotangent of
// its result ($ct).
class Rule<string op> {
  string builds = op;
}

def Id : Rule<"">;      // (Id $x): the leaf itself
def Scalar : Rule<"">;  // (Scalar "0.5"): a constant of the result's type
def CmpGt : Rule<"">;   // comparisons
def CmpEq : Rule<"">;
def IntegerPowDerivative : Rule<"">;  // n x^(n-1)
foreach op = ["Neg", "Abs", "Sign", "Exp", "Expm1", "Log", "Log1p", "Sin",
              "Cos", "Tan", "Sinh", "Cosh", "Tanh", "Logistic", "Sqrt",
              "Rsqrt", "Trunc", "Add", "Sub", "Mul", "Div", "Pow", "MulZero", "DivZero",
              "Select"] in
  def op : Rule<op # "Op">;

// What one operation means on one element, as the op that the lowering builds.
// An empty string means that the op is not defined on that kind of number.
class Scalar_<string f, string s, string u> {
  string onFloat = f;
  string onSigned = s;
  string onUnsigned = u;
}
// The lowering has its own C++ for the op (compiler/conversion/scalars.cpp).
def ScalarInCpp : Scalar_<"", "", "">;
class ScalarFloat<string f> : Scalar_<f, "", "">;

//===----------------------------------------------------------------------===//
// Op families
//===----------------------------------------------------------------------===//

// What every op of the dialect states about itself beyond mlir-tblgen's needs.
class Nabla_Op<string mnemonic, list<Trait> traits = []>
    : Op<Nabla_Dialect, mnemonic, !listconcat([Pure], traits)> {
  // The family names the folder-independent group of the op in the docs and in
  // the test matrix.
  string family = "";
  // The function of NumPy that the tests compare with; empty where the tests
  // hold a reference of their own.
  string numpy = "";
}

// An op that passes differentiate: pure interfaces, so that forgetting a rule
// of an op is an error of the C++ compiler.
class Nabla_DiffOp<string mnemonic, list<Trait> traits = []>
    : Nabla_Op<mnemonic,
               !listconcat([DeclareOpInterfaceMethods<JvpOpInterface>,
                            DeclareOpInterfaceMethods<BatchOpInterface>],
                           traits)>;

// Linear in some of its operands, alone or jointly.
class Nabla_LinearOp<string mnemonic, list<Trait> traits = []>
    : Nabla_DiffOp<mnemonic,
                   !listconcat([DeclareOpInterfaceMethods<TransposeOpInterface>],
                               traits)>;

defvar Nabla_Linear = DeclareOpInterfaceMethods<TransposeOpInterface>;

// Ops whose result type follows from operands and attributes by C++ of ours.
defvar Nabla_InferType = InferTypeOpAdaptor;

//===----------------------------------------------------------------------===//
// Elementwise family
//===----------------------------------------------------------------------===//

// `jvps` holds one tangent term an operand; the empty list means that the
// derivative is zero wherever there is one, and leaving it unset is an error of
// the build. `transposes`, for ops with the trait Nabla_Linear, holds one rule an
// operand, `(Id)` without a leaf for an operand the op is not linear in.
//
// `python` is the name of the function `nb.<python>` that is generated for the
// op; empty where Python adds something and holds the function itself. `example`
// is what a user may type and what Python then prints: the docstring shows it
// and a test runs it.
class Nabla_ElementwiseBase<string mnemonic, list<Trait> traits>
    : Nabla_DiffOp<mnemonic,
                   !listconcat([ElementwiseFamily], traits)> {
  let family = "elementwise";
  list<dag> jvps = ?;
  list<dag> transposes = [];
  string python = mnemonic;
  list<string> example = [];
  Scalar_ scalar = ScalarInCpp;
}

class Nabla_UnaryOp<string mnemonic, Type element = Nabla_FloatTensor,
                    list<Trait> traits = []>
    : Nabla_ElementwiseBase<mnemonic,
                            !listconcat([SameOperandsAndResultType], traits)> {
  let arguments = (ins element:$x);
  let results = (outs element:$result);
  let assemblyFormat = "$x attr-dict `:` type($result)";
}

class Nabla_BinaryOp<string mnemonic, Type element = Nabla_NumberTensor,
                     list<Trait> traits = []>
    : Nabla_ElementwiseBase<mnemonic,
                            !listconcat([SameOperandsAndResultType], traits)> {
  let arguments = (ins element:$x, element:$y);
  let results = (outs element:$result);
  let assemblyFormat = "$x `,` $y attr-dict `:` type($result)";
}

// A float predicate: one operand, a tensor of bools of the same shape.
class Nabla_PredicateOp<string mnemonic>
    : Nabla_ElementwiseBase<mnemonic,
                            [Nabla_InferType]> {
  let arguments = (ins Nabla_FloatTensor:$x);
  let jvps = [];
  let results = (outs Nabla_BoolTensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x)";
}

#endif // NABLA_BASE_TD
