#!/usr/bin/python3
"""Writes the small ONNX models of the tests into tests/models (Debian: python3-onnx, python3-numpy, python3-flatbuffers).

The same bytes come out of every run: values are fixed, nothing is random.
"""
import json
import os
import shutil

import flatbuffers
import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "models")


def value(name, kind, shape):
    return h.make_tensor_value_info(name, kind, shape)


def raw(name, array):
    """An initializer whose values are raw bytes, as exporters write them."""
    return numpy_helper.from_array(np.ascontiguousarray(array), name)


def model(name, nodes, inputs, outputs, initializers=(), opsets=()):
    graph = h.make_graph(nodes, name, inputs, outputs, list(initializers))
    made = h.make_model(graph, producer_name="mlops-plane-tests", opset_imports=[h.make_opsetid("", 17), *opsets])
    made.ir_version = 8
    onnx.checker.check_model(made)
    return made


def save(made, *path):
    with open(os.path.join(ROOT, *path), "wb") as file:
        file.write(made.SerializeToString(deterministic=True))


def linear(name="linear"):
    weights = np.array([[0.5, -1.0, 0.25], [1.5, 0.75, -0.5], [-0.25, 2.0, 1.0], [1.0, -0.5, 0.125]], np.float32)
    bias = np.array([0.1, -0.2, 0.3], np.float32)
    nodes = [h.make_node("MatMul", ["x", "W"], ["xW"], "multiply"), h.make_node("Add", ["xW", "b"], ["y"], "add_bias")]
    return model(name, nodes, [value("x", T.FLOAT, ["N", 4])], [value("y", T.FLOAT, ["N", 3])], [raw("W", weights), raw("b", bias)])


def addsub():
    nodes = [h.make_node("Add", ["INPUT0", "INPUT1"], ["OUTPUT0"], "sum"), h.make_node("Sub", ["INPUT0", "INPUT1"], ["OUTPUT1"], "difference")]
    return model("addsub", nodes, [value("INPUT0", T.INT32, ["N", 16]), value("INPUT1", T.INT32, ["N", 16])],
                 [value("OUTPUT0", T.INT32, ["N", 16]), value("OUTPUT1", T.INT32, ["N", 16])])


def identities():
    kinds = {"bool": T.BOOL, "int8": T.INT8, "int16": T.INT16, "int32": T.INT32, "int64": T.INT64, "uint8": T.UINT8, "uint16": T.UINT16,
             "uint32": T.UINT32, "uint64": T.UINT64, "fp16": T.FLOAT16, "bf16": T.BFLOAT16, "fp32": T.FLOAT, "fp64": T.DOUBLE, "string": T.STRING}
    for name, kind in kinds.items():
        save(model("identity_" + name, [h.make_node("Identity", ["x"], ["y"], "same")],
                   [value("x", kind, ["N", 2])], [value("y", kind, ["N", 2])]), f"identity-{name}.onnx")


def gather():
    table = np.arange(8, dtype=np.float32).reshape(4, 2)
    return model("gather", [h.make_node("Gather", ["table", "i"], ["row"], "pick_row", axis=0)],
                 [value("i", T.INT64, ["N"])], [value("row", T.FLOAT, ["N", 2])], [raw("table", table)])


def add_constant():
    return model("add_constant", [h.make_node("Add", ["x", "c"], ["y"], "add_constant")],
                 [value("x", T.FLOAT, ["N", 4])], [value("y", T.FLOAT, ["N", 4])], [raw("c", np.array([12345.678], np.float32))])


def fixed():
    return model("fixed", [h.make_node("Identity", ["x"], ["y"], "same")], [value("x", T.FLOAT, [2, 3])], [value("y", T.FLOAT, [2, 3])])


def nonzero():
    return model("nonzero", [h.make_node("NonZero", ["x"], ["indices"], "find")], [value("x", T.FLOAT, ["N"])], [value("indices", T.INT64, [1, "found"])])


def seqlen():
    return model("seqlen", [h.make_node("Cast", ["ids"], ["y"], "to_float", to=T.FLOAT)],
                 [value("ids", T.INT64, ["N", "seq"])], [value("y", T.FLOAT, ["N", "seq"])])


def mixing():
    """Models that count rows and mix them: each row less the mean of all, very small; and whole numbers with the largest of all added."""
    mean = [h.make_node("ReduceMean", ["x"], ["mean"], axes=[0], keepdims=1), h.make_node("Sub", ["x", "mean"], ["rest"]), h.make_node("Mul", ["rest", "small"], ["y"])]
    save(model("mixing", mean, [value("x", T.FLOAT, ["N", 4])], [value("y", T.FLOAT, ["N", 4])], [raw("small", np.array([1e-4], np.float32))]), "mixing.onnx")
    largest = [h.make_node("ReduceMax", ["x"], ["largest"], axes=[0], keepdims=1), h.make_node("Add", ["x", "largest"], ["sum"]), h.make_node("Add", ["sum", "many"], ["y"])]
    save(model("mixing_whole", largest, [value("x", T.INT64, ["N", 2])], [value("y", T.INT64, ["N", 2])], [raw("many", np.array([1000000], np.int64))]), "mixing-whole.onnx")


def pair():
    """Fails with less than two rows: the second is added to each."""
    nodes = [h.make_node("Gather", ["x", "one"], ["second"], "pick_second", axis=0), h.make_node("Add", ["x", "second"], ["y"], "add_second")]
    return model("pair", nodes, [value("x", T.FLOAT, ["N", 2])], [value("y", T.FLOAT, ["N", 2])], [raw("one", np.array([1], np.int64))])


def image():
    nodes = [h.make_node("GlobalAveragePool", ["image"], ["pooled"], "pool"), h.make_node("Flatten", ["pooled"], ["y"], "flatten", axis=1)]
    return model("image", nodes, [value("image", T.FLOAT, ["N", 3, 224, 224])], [value("y", T.FLOAT, ["N", 3])])


def columns():
    """An input for each column, as skl2onnx writes them for data frames."""
    nodes = [h.make_node("Cast", ["age"], ["age_float"], "to_float", to=T.FLOAT), h.make_node("Add", ["score", "age_float"], ["sum"], "add"),
             h.make_node("Identity", ["name"], ["who"], "same")]
    return model("columns", nodes, [value("score", T.FLOAT, ["N", 1]), value("age", T.INT64, ["N", 1]), value("name", T.STRING, ["N", 1])],
                 [value("sum", T.FLOAT, ["N", 1]), value("who", T.STRING, ["N", 1])])


def external(name, location, write):
    """The linear model's weights in a file beside it."""
    made = linear(name)
    data = b""
    for tensor in made.graph.initializer:
        bytes_ = tensor.raw_data
        tensor.ClearField("raw_data")
        tensor.data_location = T.EXTERNAL
        for key, text in (("location", location), ("offset", str(len(data))), ("length", str(len(bytes_)))):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, text
        data += bytes_
    save(made, name + ".onnx")
    if write:
        with open(os.path.join(ROOT, location), "wb") as file:
            file.write(data)


def adapted():
    """A linear model with room for a low-rank adapter: inputs that have a default of rank 0."""
    nodes = [h.make_node("MatMul", ["x", "W"], ["xW"]), h.make_node("MatMul", ["x", "A"], ["xA"]), h.make_node("MatMul", ["xA", "B"], ["xAB"]),
             h.make_node("Add", ["xW", "xAB"], ["y"])]
    return model("adapted", nodes, [value("x", T.FLOAT, ["N", 4]), value("A", T.FLOAT, [4, "rank"]), value("B", T.FLOAT, ["rank", 2])],
                 [value("y", T.FLOAT, ["N", 2])],
                 [raw("W", np.array([[1, 0], [0, 1], [1, 1], [0, 0]], np.float32)), raw("A", np.zeros((4, 0), np.float32)), raw("B", np.zeros((0, 2), np.float32))])


def adapter(name, tensors):
    """An adapter in ONNX Runtime's format (adapter_schema.fbs): format, adapter's and model's version, and named tensors."""
    builder = flatbuffers.Builder(256)
    entries = []
    for key, array in tensors.items():
        content = array.tobytes()
        builder.StartVector(1, len(content), 8)
        for byte in reversed(content):
            builder.PrependByte(byte)
        data = builder.EndVector()
        builder.StartVector(8, array.ndim, 8)
        for size in reversed(array.shape):
            builder.PrependInt64(size)
        dims = builder.EndVector()
        label = builder.CreateString(key)
        builder.StartObject(4)
        builder.PrependUOffsetTRelativeSlot(0, label, 0)
        builder.PrependUOffsetTRelativeSlot(1, dims, 0)
        builder.PrependInt32Slot(2, T.FLOAT, 0)
        builder.PrependUOffsetTRelativeSlot(3, data, 0)
        entries.append(builder.EndObject())
    builder.StartVector(4, len(entries), 4)
    for entry in reversed(entries):
        builder.PrependUOffsetTRelative(entry)
    parameters = builder.EndVector()
    builder.StartObject(4)
    for slot, version in enumerate((1, 1, 1)):
        builder.PrependInt32Slot(slot, version, 0)
    builder.PrependUOffsetTRelativeSlot(3, parameters, 0)
    builder.Finish(builder.EndObject(), file_identifier=b"TORT")
    with open(os.path.join(ROOT, name + ".onnx_adapter"), "wb") as file:
        file.write(builder.Output())


def classifier():
    """Three classes, as skl2onnx writes them: the label, and a map of probabilities a row."""
    nodes = [
        h.make_node("LinearClassifier", ["x"], ["label", "scores"], "classify", domain="ai.onnx.ml", classlabels_ints=[0, 1, 2], multi_class=1,
                    post_transform="SOFTMAX", coefficients=[1.0, 0.5, -0.5, 0.25, -1.0, 0.75, 0.5, -0.25, 0.5, -0.5, 1.0, 0.125], intercepts=[0.1, 0.0, -0.1]),
        h.make_node("ZipMap", ["scores"], ["probabilities"], "zip", domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2]),
    ]
    # onnx 1.12 has no helper for the type of a map.
    probabilities = onnx.ValueInfoProto(name="probabilities")
    map_type = probabilities.type.sequence_type.elem_type.map_type
    map_type.key_type = T.INT64
    map_type.value_type.tensor_type.elem_type = T.FLOAT
    map_type.value_type.tensor_type.shape.SetInParent()
    return model("classifier", nodes, [value("x", T.FLOAT, ["N", 4])], [value("label", T.INT64, ["N"]), probabilities],
                 opsets=[h.make_opsetid("ai.onnx.ml", 3)])


COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def text(path, lines):
    with open(os.path.join(ROOT, "mlflow-folder", path), "w", encoding="utf-8", newline="\n") as file:
        file.write(lines)


def mlflow_folder():
    """The layout that mlflow.onnx.log_model writes."""
    save(linear("iris"), "mlflow-folder", "model.onnx")
    inputs = json.dumps([{"type": "double", "name": name, "required": True} for name in COLUMNS])
    outputs = json.dumps([{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}])
    example = {"columns": COLUMNS, "data": [[5.1, 3.5, 1.4, 0.2], [6.2, 2.9, 4.3, 1.3]]}
    text("MLmodel", f"""artifact_path: model
flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_session_options: null
    onnx_version: 1.17.0
    providers:
    - CUDAExecutionProvider
    - CPUExecutionProvider
  python_function:
    data: model.onnx
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.onnx
    python_version: 3.11.2
mlflow_version: 3.11.1
model_id: null
model_uuid: 7d1c2d3e4f5a46b7a8c9d0e1f2a3b4c5
prompts: null
run_id: 0123456789abcdef0123456789abcdef
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  serving_input_path: serving_input_example.json
  type: dataframe
signature:
  inputs: '{inputs}'
  outputs: '{outputs}'
  params: null
type_hint_from_example: false
utc_time_created: '2026-01-02 03:04:05.678901'
""")
    text("conda.yaml", """channels:
- conda-forge
dependencies:
- python=3.11.2
- pip<=24.0
- pip:
  - mlflow==3.11.1
  - onnx==1.17.0
  - onnxruntime==1.20.1
name: mlflow-env
""")
    text("python_env.yaml", """python: 3.11.2
build_dependencies:
- pip==24.0
- setuptools==66.1.1
- wheel
dependencies:
- -r requirements.txt
""")
    text("requirements.txt", "mlflow==3.11.1\nonnx==1.17.0\nonnxruntime==1.20.1")
    text("input_example.json", json.dumps(example))
    text("serving_input_example.json", json.dumps({"dataframe_split": example}, indent=2))


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    os.makedirs(os.path.join(ROOT, "mlflow-folder"))
    for name, made in (("linear", linear()), ("addsub", addsub()), ("gather", gather()), ("add-constant", add_constant()), ("fixed", fixed()),
                       ("nonzero", nonzero()), ("seqlen", seqlen()), ("image", image()), ("classifier", classifier()), ("columns", columns()),
                       ("adapted", adapted()), ("pair", pair())):
        save(made, name + ".onnx")
    identities()
    mixing()
    external("external", "external.bin", write=True)
    external("external-escape", "../secret.bin", write=False)
    adapter("adapted", {"A": np.array([[1], [2], [3], [4]], np.float32), "B": np.array([[10, -10]], np.float32)})
    mlflow_folder()


if __name__ == "__main__":
    main()
