//===- Indexing.td - Positions known at run time -----------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_INDEXING_TD
#define NABLA_OPS_INDEXING_TD

include "dialects/nabla/NablaBase.td"

class Nabla_IndexingOp<string mnemonic, list<Trait> traits = []>
    : Nabla_LinearOp<mnemonic, !listconcat([Nabla_InferType], traits)> {
  let family = "indexing";
}

def Nabla_DynamicSliceOp : Nabla_IndexingOp<"dynamic_slice"> {
  let summary = "A box of x of fixed sizes at a position known at run time";
  let description = [{
    `starts` holds one integer a dimension of x. A start is clamped so that the
    box lies within x.
  }];
  let arguments = (ins Nabla_Tensor:$x, Nabla_IntTensor:$starts,
                       DenseI64ArrayAttr:$sizes);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $starts `sizes` `=` $sizes attr-dict `:` functional-type(operands, results)
  }];
}

def Nabla_DynamicUpdateSliceOp : Nabla_IndexingOp<"dynamic_update_slice"> {
  let summary = "x with a box replaced, at a position known at run time";
  let description = "Starts are clamped as those of `nabla.dynamic_slice`.";
  let arguments = (ins Nabla_Tensor:$x, Nabla_Tensor:$update,
                       Nabla_IntTensor:$starts);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $update `,` $starts attr-dict `:` functional-type(operands, results)
  }];
}

def Nabla_GatherOp : Nabla_IndexingOp<"gather"> {
  let summary = "Elements or slices of x at the positions in a table";
  let description = [{
    The first `batch_dims` dimensions of x and of `indices` go together. The last
    dimension of `indices` holds a position in the dimensions `dims` of x, all of
    which come after the batch dimensions. The result has the dimensions of
    `indices` but the last, then those of x that are neither indexed nor batch
    dimensions, in order. A position out of range reads zeros (false).

    ```mlir
    // y[i, k] = x[indices[i, 0], k]
    %y = nabla.gather %x, %indices dims = [0] batch_dims = 0
        : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Nabla_Tensor:$x, Nabla_IntTensor:$indices,
                       DenseI64ArrayAttr:$dims, I64Attr:$batch_dims);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $indices `dims` `=` $dims `batch_dims` `=` $batch_dims attr-dict
    `:` functional-type(operands, results)
  }];
}

def Nabla_Combine : I64EnumAttr<"Combine", "how an update meets an element", [
    I64EnumAttrCase<"set", 0>, I64EnumAttrCase<"add", 1>]> {
  let cppNamespace = "::nabla";
  let genSpecializedAttr = 0;
}
def Nabla_CombineAttr : EnumAttr<Nabla_Dialect, Nabla_Combine, "combine">;

def Nabla_ScatterOp : Nabla_IndexingOp<"scatter"> {
  let summary = "x with updates written or added at the positions in a table";
  let description = [{
    `updates` has the type that `nabla.gather` of x at `indices` would have. An
    update at a position out of range is dropped. Where positions repeat, updates
    are added one after the other (`add`), or the last one counts (`set`).

    ```mlir
    %y = nabla.scatter add %x, %indices, %updates dims = [0] batch_dims = 0
        : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
    ```
  }];
  let arguments = (ins Nabla_CombineAttr:$combine, Nabla_Tensor:$x,
                       Nabla_IntTensor:$indices, Nabla_Tensor:$updates,
                       DenseI64ArrayAttr:$dims, I64Attr:$batch_dims);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = [{
    $combine $x `,` $indices `,` $updates `dims` `=` $dims `batch_dims` `=` $batch_dims
    attr-dict `:` functional-type(operands, results)
  }];
}

#endif // NABLA_OPS_INDEXING_TD
