#!/usr/bin/python3
"""Writes the ONNX models of the bench into a folder (Debian: python3-onnx, python3-numpy).

noop     what comes in goes out, 16 floats a row
small    a perceptron of about 1.3 M parameters, 64 floats a row: its weights cost more to read than to multiply with
conv-1   a convolutional network of about 1 ms on one core
conv-10  the same of about 10 ms
image    the mean of each channel of a 3x224x224 image: next to no work on a large payload
"""
import os
import sys

import numpy as np
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

FOLDER = sys.argv[1]
RANDOM = np.random.default_rng(7)


def save(name, nodes, inputs, outputs, weights=()):
    tensors = [numpy_helper.from_array(array, key) for key, array in weights]
    values = [[h.make_tensor_value_info(key, T.FLOAT, shape) for key, shape in side] for side in (inputs, outputs)]
    made = h.make_model(h.make_graph(nodes, name, *values, tensors), producer_name="mlops-plane-bench", opset_imports=[h.make_opsetid("", 17)])
    made.ir_version = 8
    with open(os.path.join(FOLDER, name + ".onnx"), "wb") as file:
        file.write(made.SerializeToString(deterministic=True))


def normal(*shape):
    return (RANDOM.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


def noop():
    save("noop", [h.make_node("Identity", ["x"], ["y"])], [("x", ["N", 16])], [("y", ["N", 16])])


def small():
    sizes = [64, 1024, 1024, 10]
    nodes, weights, last = [], [], "x"
    for i, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
        weights += [(f"W{i}", normal(columns, rows).T.copy()), (f"b{i}", np.zeros(columns, np.float32))]
        out = "y" if i == len(sizes) - 2 else f"h{i}"
        nodes.append(h.make_node("Gemm", [last, f"W{i}", f"b{i}"], [out]))
        last = out
        if out != "y":
            nodes.append(h.make_node("Relu", [out], [out + "r"]))
            last = out + "r"
    save("small", nodes, [("x", ["N", 64])], [("y", ["N", 10])], weights)


def convolutional(name, size, channels, layers):
    nodes, weights, last, before = [], [], "x", 3
    for i in range(layers):
        weights.append((f"W{i}", normal(channels, before, 3, 3)))
        nodes += [h.make_node("Conv", [last, f"W{i}"], [f"c{i}"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), h.make_node("Relu", [f"c{i}"], [f"r{i}"])]
        last, before = f"r{i}", channels
    nodes += [h.make_node("GlobalAveragePool", [last], ["pooled"]), h.make_node("Flatten", ["pooled"], ["y"])]
    save(name, nodes, [("x", ["N", 3, size, size])], [("y", ["N", channels])], weights)


def image():
    save("image", [h.make_node("GlobalAveragePool", ["x"], ["pooled"]), h.make_node("Flatten", ["pooled"], ["y"])],
         [("x", ["N", 3, 224, 224])], [("y", ["N", 3])])


noop()
small()
convolutional("conv-1", 50, 32, 4)
convolutional("conv-10", 56, 64, 6)
image()
