using System.Buffers;
using System.Globalization;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.OpenInference;
using MlopsPlane.OnnxRuntime;

// MODEL ROUNDS: loads, runs once and unloads the model so often, and prints the resident bytes after each tenth of the rounds.
var rounds = int.Parse(args[1], CultureInfo.InvariantCulture);
var environment = OnnxEnvironment.Start(new OnnxSettings());
for (var round = 1; round <= rounds; round++)
{
    await LoadAndRunAsync();
    if (round % (rounds / 10) == 0)
        Console.WriteLine(Resident());
}

async Task LoadAndRunAsync()
{
    var model = OnnxModel.Load(args[0], ExecutionProvider.OfCpu, fallBackToCpu: false, environment);
    await using var executor = new OnnxExecutor(model, SignatureBuilder.Of(model), "'m' version 1", new BatchingSpec(), instanceCount: 1);
    var item = executor.Rent();
    for (var i = 0; i < item.Inputs.Length; i++)
    {
        long[] shape = [.. model.Inputs[i].Shape.Select(size => Math.Max(1, size))];
        item.Inputs[i].SetShape(shape);
        (item.Inputs[i].Present, item.Inputs[i].Data) = (true, new ReadOnlySequence<byte>(new byte[shape.Aggregate(4L, (bytes, size) => bytes * size)]));
    }

    ItemRules.Check(item);
    if (await executor.ExecuteAsync(item, CancellationToken.None) is { } error)
        throw new InvalidOperationException(error.Message);
    executor.Return(item);
}

static long Resident()
{
    GC.Collect();
    GC.WaitForPendingFinalizers();
    GC.Collect();
    var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS", StringComparison.Ordinal));
    return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
