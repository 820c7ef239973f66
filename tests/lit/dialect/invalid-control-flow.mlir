// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

func.func @predicate(%p: tensor<2xi1>, %x: tensor<f32>) {
  // expected-error @+1 {{'nabla.cond' op predicate (2) is not a scalar}}
  %y = nabla.cond %p(%x) : (tensor<2xi1>, tensor<f32>) -> tensor<f32> then {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  } else {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @then_arguments(%p: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{the arguments of the then branch has 0 values, but what it is given has 1}}
  %y = nabla.cond %p(%x) : (tensor<i1>, tensor<f32>) -> tensor<f32> then {
    %c = nabla.constant dense<1.0> : tensor<f32>
    nabla.yield %c : tensor<f32>
  } else {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @else_arguments(%p: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{value 0 of the arguments of the else branch is 'tensor<f64>', but that of what it is given is 'tensor<f32>'}}
  %y = nabla.cond %p(%x) : (tensor<i1>, tensor<f32>) -> tensor<f32> then {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  } else {
  ^bb0(%a: tensor<f64>):
    %c = nabla.constant dense<1.0> : tensor<f32>
    nabla.yield %c : tensor<f32>
  }
  return
}

// -----

func.func @then_yields(%p: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{what the then branch yields has 2 values, but what is wanted of it has 1}}
  %y = nabla.cond %p(%x) : (tensor<i1>, tensor<f32>) -> tensor<f32> then {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a, %a : tensor<f32>, tensor<f32>
  } else {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @else_yields(%p: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{value 0 of what the else branch yields is 'tensor<f64>', but that of what is wanted of it is 'tensor<f32>'}}
  %y = nabla.cond %p(%x) : (tensor<i1>, tensor<f32>) -> tensor<f32> then {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  } else {
  ^bb0(%a: tensor<f32>):
    %c = nabla.constant dense<1.0> : tensor<f64>
    nabla.yield %c : tensor<f64>
  }
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @terminator(%p: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{the then branch does not end with nabla.yield}}
  %y = "nabla.cond"(%p, %x) ({
  ^bb0(%a: tensor<f32>):
    %z = "nabla.call"(%a) <{callee = @f}> : (tensor<f32>) -> tensor<f32>
  }, {
  ^bb0(%a: tensor<f32>):
    "nabla.yield"(%a) : (tensor<f32>) -> ()
  }) : (tensor<i1>, tensor<f32>) -> tensor<f32>
  return
}

// -----

func.func @captured(%p: tensor<i1>, %x: tensor<f32>) {
  // expected-note @+1 {{required by region isolation constraints}}
  %y = nabla.cond %p() : (tensor<i1>) -> tensor<f32> then {
    // expected-error @+1 {{using value defined outside the region}}
    nabla.yield %x : tensor<f32>
  } else {
    nabla.yield %x : tensor<f32>
  }
  return
}

// -----

func.func @yield(%x: tensor<f32>) {
  // expected-error @+1 {{'nabla.yield' op expects parent op to be one of 'nabla.cond, nabla.scan, nabla.while'}}
  nabla.yield %x : tensor<f32>
}

// -----

func.func @length(%c: tensor<f32>) {
  // expected-error @+1 {{'nabla.scan' op length is -1, which is negative}}
  %r = nabla.scan length = -1 consts() carries(%c) xs() : (tensor<f32>) -> tensor<f32> {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @slices(%c: tensor<f32>, %xs: tensor<5xf32>) {
  // expected-error @+1 {{xs 0 (5) does not hold 4 slices along its leading dimension}}
  %r = nabla.scan length = 4 consts() carries(%c) xs(%xs) : (tensor<f32>, tensor<5xf32>) -> tensor<f32> {
  ^bb0(%a: tensor<f32>, %x: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @scalar_xs(%c: tensor<f32>) {
  // expected-error @+1 {{xs 0 (scalar) does not hold 4 slices along its leading dimension}}
  %r = nabla.scan length = 4 consts() carries(%c) xs(%c) : (tensor<f32>, tensor<f32>) -> tensor<f32> {
  ^bb0(%a: tensor<f32>, %x: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @carries(%c: tensor<f32>) {
  // expected-error @+1 {{has 2 carries, but 1 results}}
  %r = nabla.scan length = 4 consts() carries(%c, %c) xs() : (tensor<f32>, tensor<f32>) -> tensor<f32> {
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    nabla.yield %a, %b : tensor<f32>, tensor<f32>
  }
  return
}

// -----

func.func @carry_types(%c: tensor<f32>) {
  // expected-error @+1 {{value 0 of the leading results is 'tensor<f64>', but that of the carries is 'tensor<f32>'}}
  %r = nabla.scan length = 4 consts() carries(%c) xs() : (tensor<f32>) -> tensor<f64> {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @stacked(%c: tensor<f32>) {
  // expected-error @+1 {{stacked result 0 (3) does not hold 4 slices along its leading dimension}}
  %r:2 = nabla.scan length = 4 consts() carries(%c) xs() : (tensor<f32>) -> (tensor<f32>, tensor<3xf32>) {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a, %a : tensor<f32>, tensor<f32>
  }
  return
}

// -----

func.func @stacked_scalar(%c: tensor<f32>) {
  // expected-error @+1 {{stacked result 0 (scalar) does not hold 4 slices along its leading dimension}}
  %r:2 = nabla.scan length = 4 consts() carries(%c) xs() : (tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a, %a : tensor<f32>, tensor<f32>
  }
  return
}

// -----

func.func @body_yields(%c: tensor<f32>) {
  // expected-error @+1 {{what the body yields has 1 values, but what is wanted of it has 2}}
  %r:2 = nabla.scan length = 4 consts() carries(%c) xs() : (tensor<f32>) -> (tensor<f32>, tensor<4xf32>) {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @body_arguments(%w: tensor<3xf32>, %c: tensor<f32>) {
  // expected-error @+1 {{value 0 of the arguments of the body is 'tensor<f32>', but that of what it is given is 'tensor<3xf32>'}}
  %r = nabla.scan length = 4 consts(%w) carries(%c) xs() : (tensor<3xf32>, tensor<f32>) -> tensor<f32> {
  ^bb0(%v: tensor<f32>, %a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @while_results(%c: tensor<f32>) {
  // expected-error @+1 {{the results has 0 values, but the carries has 1}}
  nabla.while consts() carries(%c) : (tensor<f32>) -> () while {
  ^bb0(%a: tensor<f32>):
    %p = nabla.constant dense<true> : tensor<i1>
    nabla.yield %p : tensor<i1>
  } do {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @while_condition(%c: tensor<f32>) {
  // expected-error @+1 {{value 0 of what the condition yields is 'tensor<f32>', but that of what is wanted of it is 'tensor<i1>'}}
  %r = nabla.while consts() carries(%c) : (tensor<f32>) -> tensor<f32> while {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  } do {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}

// -----

func.func @while_body(%k: tensor<2xf32>, %c: tensor<f32>) {
  // expected-error @+1 {{value 0 of the arguments of the body is 'tensor<f32>', but that of what it is given is 'tensor<2xf32>'}}
  %r = nabla.while consts(%k) carries(%c) : (tensor<2xf32>, tensor<f32>) -> tensor<f32> while {
  ^bb0(%v: tensor<2xf32>, %a: tensor<f32>):
    %p = nabla.constant dense<true> : tensor<i1>
    nabla.yield %p : tensor<i1>
  } do {
  ^bb0(%v: tensor<f32>, %a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  }
  return
}
