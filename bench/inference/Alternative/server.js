// The alternative: what a user would write in an afternoon. One model, JSON of the same form in and out.
import fastify from 'fastify';
import * as ort from 'onnxruntime-node';

const session = await ort.InferenceSession.create(process.argv[2], { intraOpNumThreads: 1, interOpNumThreads: 1 });
const server = fastify({ bodyLimit: 16 * 1024 * 1024 });

server.post('/v2/models/:model/infer', async (request) => {
  const [input] = request.body.inputs;
  const answer = await session.run({ [input.name]: new ort.Tensor('float32', Float32Array.from(input.data), input.shape) });
  return {
    model_name: request.params.model,
    outputs: Object.entries(answer).map(([name, tensor]) => ({ name, datatype: 'FP32', shape: tensor.dims, data: Array.from(tensor.data) })),
  };
});

const address = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(`It is ready on ${address}`);
