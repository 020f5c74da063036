// Asks the gateway with @grpc/grpc-js, which loads a proto file of the tests' own.
// Arguments: address, workspace, model (two floats in, the same out), the proto file, the folder of the npm packages.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [address, workspace, model, proto, packages] = process.argv.slice(2);
const load = createRequire(packages + "/");
const grpc = load("@grpc/grpc-js");
const { inference } = grpc.loadPackageDefinition(load("@grpc/proto-loader").loadSync(proto, { keepCase: true, longs: Number }));
const client = new inference.GRPCInferenceService(address, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.set("x-mlflow-workspace", workspace);

const ask = (method, request, options = {}) => new Promise((resolve, reject) =>
  client[method](request, metadata, { deadline: Date.now() + 30_000, ...options }, (error, answer) => (error ? reject(error) : resolve(answer))));
const request = (values, more = {}) => ({
  model_name: model,
  inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], ...(values ? { contents: { fp32_contents: values } } : {}) }],
  ...more,
});
const floats = (bytes) => [bytes.readFloatLE(0), bytes.readFloatLE(4)];

assert.equal((await ask("ServerLive", {})).live, true);
assert.equal((await ask("ModelReady", { name: model })).ready, true);
const described = await ask("ModelMetadata", { name: model });
assert.deepEqual(described.inputs, [{ name: "x", datatype: "FP32", shape: [-1, 2] }]);

// Elements in their field, and raw bytes.
const answer = await ask("ModelInfer", request([1.5, -2.25], { id: "js" }));
assert.equal(answer.id, "js");
assert.deepEqual(floats(answer.raw_output_contents[0]), [1.5, -2.25]);
const raw = Buffer.from([0, 0, 0xc0, 0x7f, 1, 2, 3, 4]);
assert.deepEqual((await ask("ModelInfer", request(null, { raw_input_contents: [raw] }))).raw_output_contents[0], raw);

// Compressed both ways.
const compressed = new inference.GRPCInferenceService(address, grpc.credentials.createInsecure(), { "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip });
const zipped = await new Promise((resolve, reject) =>
  compressed.ModelInfer(request(null, { raw_input_contents: [raw] }), metadata, (error, got) => (error ? reject(error) : resolve(got))));
assert.deepEqual(zipped.raw_output_contents[0], raw);
compressed.close();

// An error is a status with a message.
await assert.rejects(ask("ModelInfer", request([1])), (error) => error.code === grpc.status.INVALID_ARGUMENT && error.details.includes("'x'"));
await assert.rejects(ask("ModelInfer", { ...request([1, 2]), model_name: "absent" }), (error) => error.code === grpc.status.NOT_FOUND);

// A stream, with a bad request in it.
const stream = client.ModelStreamInfer(metadata);
const answers = [];
stream.on("data", (one) => answers.push(one));
for (let i = 0; i < 10; i++)
  stream.write(request(i === 3 ? [0] : [i, 0], { id: String(i) }));
stream.end();
await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
assert.deepEqual(answers.map((one) => one.infer_response.id), [..."0123456789"]);
assert.deepEqual(answers.flatMap((one, i) => (one.error_message ? [i] : [])), [3]);
answers.forEach((one, i) => i === 3 || assert.equal(floats(one.infer_response.raw_output_contents[0])[0], i));
client.close();
console.log("ok");
