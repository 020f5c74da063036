"""Asks the gateway with Debian's python3-grpcio; the messages are compiled here from a proto file of the tests' own.

Arguments: address, workspace, model (two floats in, the same out), the proto file, a folder for what is compiled.
"""
import struct
import subprocess
import sys
from multiprocessing import shared_memory

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

address, workspace, model, proto, folder = sys.argv[1:]
compiled = f"{folder}/client.pb"
subprocess.run(["protoc", f"--descriptor_set_out={compiled}", f"--proto_path={proto.rpartition('/')[0]}", proto], check=True)
pool = descriptor_pool.DescriptorPool()
with open(compiled, "rb") as file:
    for described in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(described)


def message(name):
    described = pool.FindMessageTypeByName("inference." + name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(described)
    return message_factory.MessageFactory(pool).GetPrototype(described)


channel = grpc.insecure_channel(address)
metadata = (("x-mlflow-workspace", workspace),)


def stub(kind, method, response):
    return getattr(channel, kind)("/inference.GRPCInferenceService/" + method, lambda sent: sent.SerializeToString(), message(response).FromString)


def request(values=None, **fields):
    made = message("ModelInferRequest")(model_name=model, **fields)
    tensor = made.inputs.add(name="x", datatype="FP32", shape=[1, 2])
    if values:
        tensor.contents.fp32_contents.extend(values)
    return made


infer = stub("unary_unary", "ModelInfer", "ModelInferResponse")
assert stub("unary_unary", "ServerLive", "ServerLiveResponse")(message("ServerLiveRequest")()).live
described = stub("unary_unary", "ModelMetadata", "ModelMetadataResponse")(message("ModelMetadataRequest")(name=model), metadata=metadata)
assert (described.inputs[0].name, described.inputs[0].datatype, list(described.inputs[0].shape)) == ("x", "FP32", [-1, 2]), described

# Elements in their field, raw bytes, and both compressed.
answer = infer(request([1.5, -2.25], id="py"), metadata=metadata, timeout=30)
assert answer.id == "py" and struct.unpack("<2f", answer.raw_output_contents[0]) == (1.5, -2.25), answer
raw = struct.pack("<2f", float("inf"), 0.1)
for compression in (grpc.Compression.NoCompression, grpc.Compression.Gzip, grpc.Compression.Deflate):
    answer = infer(request(raw_input_contents=[raw]), metadata=metadata, timeout=30, compression=compression)
    assert answer.raw_output_contents[0] == raw, answer

# An error is a status with a message.
try:
    infer(request([1.0]), metadata=metadata, timeout=30)
    raise AssertionError("one element was taken for two")
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT and "'x'" in error.details(), error

# A stream, with a bad request in it.
sent = [request([float(i), 0.0] if i != 3 else [0.0], id=str(i)) for i in range(10)]
answers = list(stub("stream_stream", "ModelStreamInfer", "ModelStreamInferResponse")(iter(sent), metadata=metadata, timeout=30))
assert [one.infer_response.id for one in answers] == [str(i) for i in range(10)], answers
assert [i for i, one in enumerate(answers) if one.error_message] == [3], answers
assert all(struct.unpack("<2f", one.infer_response.raw_output_contents[0])[0] == i for i, one in enumerate(answers) if i != 3)

# Tensors in shared memory, both ways.
memory = shared_memory.SharedMemory(create=True, size=4096)
try:
    memory.buf[16:24] = struct.pack("<2f", 7.0, 8.0)
    register = stub("unary_unary", "SystemSharedMemoryRegister", "SystemSharedMemoryRegisterResponse")
    register(message("SystemSharedMemoryRegisterRequest")(name="py", key="/" + memory.name.lstrip("/"), byte_size=4096), metadata=metadata)
    shared = request()
    output = shared.outputs.add(name="y")
    for tensor, offset in ((shared.inputs[0], 16), (output, 64)):
        tensor.parameters["shared_memory_region"].string_param = "py"
        tensor.parameters["shared_memory_offset"].int64_param = offset
        tensor.parameters["shared_memory_byte_size"].int64_param = 8
    answer = infer(shared, metadata=metadata, timeout=30)
    assert bytes(memory.buf[64:72]) == struct.pack("<2f", 7.0, 8.0), answer
finally:
    memory.close()
    memory.unlink()
print("ok")
