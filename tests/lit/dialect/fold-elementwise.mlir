// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --canonicalize | FileCheck %s

!v = tensor<3xf32>
!i = tensor<3xi32>

// CHECK-LABEL: func.func @neg_neg(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @neg_neg(%x: !v) -> !v {
  %a = nabla.neg %x : !v
  %r = nabla.neg %a : !v
  return %r : !v
}

// CHECK-LABEL: func.func @neg_constant(
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<-2.500000e+00> : tensor<3xf32>
// CHECK-NEXT: return %[[C]]
func.func @neg_constant() -> !v {
  %c = nabla.constant dense<2.5> : !v
  %r = nabla.neg %c : !v
  return %r : !v
}

// CHECK-LABEL: func.func @neg_int_constant(
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<-7> : tensor<3xi32>
// CHECK-NEXT: return %[[C]]
func.func @neg_int_constant() -> !i {
  %c = nabla.constant dense<7> : !i
  %r = nabla.neg %c : !i
  return %r : !i
}

// -0 is the unit of the sum of floats; 0 is not, as x may be -0.
// CHECK-LABEL: func.func @add_negative_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @add_negative_zero(%x: !v) -> !v {
  %z = nabla.constant dense<-0.0> : !v
  %r = nabla.add %x, %z : !v
  return %r : !v
}

// CHECK-LABEL: func.func @add_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[Z:.*]] = nabla.constant dense<0.000000e+00>
// CHECK-NEXT: %[[R:.*]] = nabla.add %[[X]], %[[Z]]
// CHECK-NEXT: return %[[R]]
func.func @add_zero(%x: !v) -> !v {
  %z = nabla.constant dense<0.0> : !v
  %r = nabla.add %x, %z : !v
  return %r : !v
}

// CHECK-LABEL: func.func @zero_add(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @zero_add(%x: !v) -> !v {
  %z = nabla.constant dense<-0.0> : !v
  %r = nabla.add %z, %x : !v
  return %r : !v
}

// CHECK-LABEL: func.func @add_int_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xi32>)
// CHECK-NEXT: return %[[X]]
func.func @add_int_zero(%x: !i) -> !i {
  %z = nabla.constant dense<0> : !i
  %r = nabla.add %x, %z : !i
  return %r : !i
}

// CHECK-LABEL: func.func @add_constants(
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<3.500000e+00>
// CHECK-NEXT: return %[[C]]
func.func @add_constants() -> !v {
  %a = nabla.constant dense<1.5> : !v
  %b = nabla.constant dense<2.0> : !v
  %r = nabla.add %a, %b : !v
  return %r : !v
}

// Integers wrap.
// CHECK-LABEL: func.func @add_int_constants(
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<-2147483648>
// CHECK-NEXT: return %[[C]]
func.func @add_int_constants() -> !i {
  %a = nabla.constant dense<2147483647> : !i
  %b = nabla.constant dense<1> : !i
  %r = nabla.add %a, %b : !i
  return %r : !i
}

// CHECK-LABEL: func.func @sub_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @sub_zero(%x: !v) -> !v {
  %z = nabla.constant dense<0.0> : !v
  %r = nabla.sub %x, %z : !v
  return %r : !v
}

// CHECK-LABEL: func.func @sub_negative_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[Z:.*]] = nabla.constant dense<-0.000000e+00>
// CHECK-NEXT: %[[R:.*]] = nabla.sub %[[X]], %[[Z]]
// CHECK-NEXT: return %[[R]]
func.func @sub_negative_zero(%x: !v) -> !v {
  %z = nabla.constant dense<-0.0> : !v
  %r = nabla.sub %x, %z : !v
  return %r : !v
}

// CHECK-LABEL: func.func @sub_int_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xi32>)
// CHECK-NEXT: return %[[X]]
func.func @sub_int_zero(%x: !i) -> !i {
  %z = nabla.constant dense<0> : !i
  %r = nabla.sub %x, %z : !i
  return %r : !i
}

// CHECK-LABEL: func.func @sub_constants(
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<-5.000000e-01>
// CHECK-NEXT: return %[[C]]
func.func @sub_constants() -> !v {
  %a = nabla.constant dense<1.5> : !v
  %b = nabla.constant dense<2.0> : !v
  %r = nabla.sub %a, %b : !v
  return %r : !v
}

// CHECK-LABEL: func.func @sub_int_constants(
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<-2>
// CHECK-NEXT: return %[[C]]
func.func @sub_int_constants() -> !i {
  %a = nabla.constant dense<3> : !i
  %b = nabla.constant dense<5> : !i
  %r = nabla.sub %a, %b : !i
  return %r : !i
}

// CHECK-LABEL: func.func @mul_one(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @mul_one(%x: !v) -> !v {
  %o = nabla.constant dense<1.0> : !v
  %r = nabla.mul %x, %o : !v
  return %r : !v
}

// CHECK-LABEL: func.func @one_mul(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @one_mul(%x: !v) -> !v {
  %o = nabla.constant dense<1.0> : !v
  %r = nabla.mul %o, %x : !v
  return %r : !v
}

// CHECK-LABEL: func.func @mul_int_one(
// CHECK-SAME: %[[X:.*]]: tensor<3xi32>)
// CHECK-NEXT: return %[[X]]
func.func @mul_int_one(%x: !i) -> !i {
  %o = nabla.constant dense<1> : !i
  %r = nabla.mul %x, %o : !i
  return %r : !i
}

// x may be infinite, NaN or negative.
// CHECK-LABEL: func.func @mul_zero_of_product(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[Z:.*]] = nabla.constant dense<0.000000e+00>
// CHECK-NEXT: %[[R:.*]] = nabla.mul %[[X]], %[[Z]]
// CHECK-NEXT: return %[[R]]
func.func @mul_zero_of_product(%x: !v) -> !v {
  %z = nabla.constant dense<0.0> : !v
  %r = nabla.mul %x, %z : !v
  return %r : !v
}

// CHECK-LABEL: func.func @mul_constants(
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<4.500000e+00>
// CHECK-NEXT: return %[[C]]
func.func @mul_constants() -> !v {
  %a = nabla.constant dense<1.5> : !v
  %b = nabla.constant dense<3.0> : !v
  %r = nabla.mul %a, %b : !v
  return %r : !v
}

// CHECK-LABEL: func.func @mul_int_constants(
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<42>
// CHECK-NEXT: return %[[C]]
func.func @mul_int_constants() -> !i {
  %a = nabla.constant dense<6> : !i
  %b = nabla.constant dense<7> : !i
  %r = nabla.mul %a, %b : !i
  return %r : !i
}

// CHECK-LABEL: func.func @mul_zero_one(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @mul_zero_one(%x: !v) -> !v {
  %o = nabla.constant dense<1.0> : !v
  %r = nabla.mul_zero %x, %o : !v
  return %r : !v
}

// A tangent of zero gives 0, whatever the derivative is.
// CHECK-LABEL: func.func @mul_zero_of_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[Z:.*]] = nabla.constant dense<0.000000e+00>
// CHECK-NEXT: return %[[Z]]
func.func @mul_zero_of_zero(%x: !v) -> !v {
  %z = nabla.constant dense<-0.0> : !v
  %r = nabla.mul_zero %z, %x : !v
  return %r : !v
}

// A derivative that is finite needs no guard ...
// CHECK-LABEL: func.func @mul_zero_finite(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<2.000000e+00>
// CHECK-NEXT: %[[R:.*]] = nabla.mul %[[X]], %[[C]]
// CHECK-NEXT: return %[[R]]
func.func @mul_zero_finite(%x: !v) -> !v {
  %c = nabla.constant dense<2.0> : !v
  %r = nabla.mul_zero %x, %c : !v
  return %r : !v
}

// CHECK-LABEL: func.func @mul_zero_negative(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<-2.000000e+00>
// CHECK-NEXT: %[[R:.*]] = nabla.mul %[[X]], %[[C]]
// CHECK-NEXT: return %[[R]]
func.func @mul_zero_negative(%x: !v) -> !v {
  %c = nabla.constant dense<-2.0> : !v
  %r = nabla.mul_zero %x, %c : !v
  return %r : !v
}

// ... an infinite one does.
// CHECK-LABEL: func.func @mul_zero_infinite(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<0x7F800000>
// CHECK-NEXT: %[[R:.*]] = nabla.mul_zero %[[X]], %[[C]]
// CHECK-NEXT: return %[[R]]
func.func @mul_zero_infinite(%x: !v) -> !v {
  %c = nabla.constant dense<0x7F800000> : !v
  %r = nabla.mul_zero %x, %c : !v
  return %r : !v
}

// A tangent that is zero nowhere needs none.
// CHECK-LABEL: func.func @mul_zero_nonzero_tangent(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<-2.000000e+00>
// CHECK-NEXT: %[[R:.*]] = nabla.mul %[[X]], %[[C]]
// CHECK-NEXT: return %[[R]]
func.func @mul_zero_nonzero_tangent(%x: !v) -> !v {
  %c = nabla.constant dense<-2.0> : !v
  %r = nabla.mul_zero %c, %x : !v
  return %r : !v
}

// CHECK-LABEL: func.func @mul_zero_tangent_with_a_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<[1.000000e+00, 0.000000e+00, 2.000000e+00]>
// CHECK-NEXT: %[[R:.*]] = nabla.mul_zero %[[X]], %[[C]]
// CHECK-NEXT: return %[[R]]
func.func @mul_zero_tangent_with_a_zero(%x: !v) -> !v {
  %c = nabla.constant dense<[1.0, 0.0, 2.0]> : !v
  %r = nabla.mul_zero %c, %x : !v
  return %r : !v
}

// CHECK-LABEL: func.func @div_one(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @div_one(%x: !v) -> !v {
  %o = nabla.constant dense<1.0> : !v
  %r = nabla.div %x, %o : !v
  return %r : !v
}

// A quotient of constants is one, unless it is NaN.
// CHECK-LABEL: func.func @div_constants(
// CHECK-DAG: %[[Q:.*]] = nabla.constant dense<3.125000e-02>
// CHECK-DAG: %[[I:.*]] = nabla.constant dense<0x7F800000>
// CHECK-DAG: %[[Z:.*]] = nabla.constant dense<0.000000e+00>
// CHECK-DAG: %[[N:.*]] = nabla.div %[[Z]], %[[Z]]
// CHECK: return %[[Q]], %[[I]], %[[N]]
func.func @div_constants() -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %one = nabla.constant dense<1.0> : tensor<2xf32>
  %many = nabla.constant dense<32.0> : tensor<2xf32>
  %zero = nabla.constant dense<0.0> : tensor<2xf32>
  %q = nabla.div %one, %many : tensor<2xf32>
  %i = nabla.div %one, %zero : tensor<2xf32>
  %n = nabla.div %zero, %zero : tensor<2xf32>
  return %q, %i, %n : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// CHECK-LABEL: func.func @div_int_one(
// CHECK-SAME: %[[X:.*]]: tensor<3xi32>)
// CHECK-NEXT: return %[[X]]
func.func @div_int_one(%x: !i) -> !i {
  %o = nabla.constant dense<1> : !i
  %r = nabla.div %x, %o : !i
  return %r : !i
}

// CHECK-LABEL: func.func @power_one(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @power_one(%x: !v) -> !v {
  %r = nabla.integer_pow %x, 1 : !v
  return %r : !v
}

// CHECK-LABEL: func.func @power_zero(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<1.000000e+00>
// CHECK-NEXT: return %[[C]]
func.func @power_zero(%x: !v) -> !v {
  %r = nabla.integer_pow %x, 0 : !v
  return %r : !v
}

// CHECK-LABEL: func.func @select_equal(
// CHECK-SAME: %[[P:.*]]: tensor<3xi1>, %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @select_equal(%p: tensor<3xi1>, %x: !v) -> !v {
  %r = nabla.select %p, %x, %x : !v
  return %r : !v
}

// CHECK-LABEL: func.func @select_true(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @select_true(%x: !v, %y: !v) -> !v {
  %p = nabla.constant dense<true> : tensor<3xi1>
  %r = nabla.select %p, %x, %y : !v
  return %r : !v
}

// CHECK-LABEL: func.func @select_false(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[Y]]
func.func @select_false(%x: !v, %y: !v) -> !v {
  %p = nabla.constant dense<false> : tensor<3xi1>
  %r = nabla.select %p, %x, %y : !v
  return %r : !v
}

// CHECK-LABEL: func.func @convert_same(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @convert_same(%x: !v) -> !v {
  %r = nabla.convert %x : !v -> !v
  return %r : !v
}

// Signs move to where they cost nothing.
// CHECK-LABEL: func.func @add_neg(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.sub %[[X]], %[[Y]]
// CHECK-NEXT: return %[[R]]
func.func @add_neg(%x: !v, %y: !v) -> !v {
  %n = nabla.neg %y : !v
  %r = nabla.add %x, %n : !v
  return %r : !v
}

// CHECK-LABEL: func.func @neg_add(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.sub %[[Y]], %[[X]]
// CHECK-NEXT: return %[[R]]
func.func @neg_add(%x: !v, %y: !v) -> !v {
  %n = nabla.neg %x : !v
  %r = nabla.add %n, %y : !v
  return %r : !v
}

// CHECK-LABEL: func.func @sub_neg(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.add %[[X]], %[[Y]]
// CHECK-NEXT: return %[[R]]
func.func @sub_neg(%x: !v, %y: !v) -> !v {
  %n = nabla.neg %y : !v
  %r = nabla.sub %x, %n : !v
  return %r : !v
}

// CHECK-LABEL: func.func @neg_mul(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[P:.*]] = nabla.mul %[[X]], %[[Y]]
// CHECK-NEXT: %[[R:.*]] = nabla.neg %[[P]]
// CHECK-NEXT: return %[[R]]
func.func @neg_mul(%x: !v, %y: !v) -> !v {
  %n = nabla.neg %x : !v
  %r = nabla.mul %n, %y : !v
  return %r : !v
}

// CHECK-LABEL: func.func @mul_neg(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[P:.*]] = nabla.mul %[[X]], %[[Y]]
// CHECK-NEXT: %[[R:.*]] = nabla.neg %[[P]]
// CHECK-NEXT: return %[[R]]
func.func @mul_neg(%x: !v, %y: !v) -> !v {
  %n = nabla.neg %y : !v
  %r = nabla.mul %x, %n : !v
  return %r : !v
}

// CHECK-LABEL: func.func @neg_mul_neg(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[P:.*]] = nabla.mul %[[X]], %[[Y]]
// CHECK-NEXT: return %[[P]]
func.func @neg_mul_neg(%x: !v, %y: !v) -> !v {
  %n = nabla.neg %x : !v
  %m = nabla.neg %y : !v
  %r = nabla.mul %n, %m : !v
  return %r : !v
}
