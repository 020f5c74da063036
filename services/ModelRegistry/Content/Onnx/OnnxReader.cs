namespace MlopsPlane.ModelRegistry.Content.Onnx;

/// <summary>Reads the signature out of an ONNX file in one pass, without its weights and without a runtime.</summary>
internal static class OnnxReader
{
    private const int MaxTensors = 10_000;
    private const int MaxInitializers = 1_000_000;

    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    public static async Task<OnnxSignature> ReadAsync(Stream stream, CancellationToken ct)
    {
        using var wire = new WireReader(stream);
        var (irVersion, opset, producer, producerVersion) = (0L, 0L, "", "");
        Graph? graph = null;
        while (await wire.NextAsync(long.MaxValue, ct) is { } field)
        {
            switch (field.Number, field.Type)
            {
                case (1, WireType.Varint):
                    irVersion = (long)await wire.VarintAsync(ct);
                    break;
                case (2, WireType.Bytes):
                    producer = await wire.TextAsync(field, ct);
                    break;
                case (3, WireType.Bytes):
                    producerVersion = await wire.TextAsync(field, ct);
                    break;
                case (7, WireType.Bytes):
                    graph = await GraphAsync(wire, wire.Position + field.Length, ct);
                    break;
                case (8, WireType.Bytes):
                    opset = Math.Max(opset, await DefaultOpsetAsync(wire, wire.Position + field.Length, ct));
                    break;
                default:
                    await wire.SkipAsync(field, ct);
                    break;
            }
        }

        if (graph is null)
            throw new InvalidDataException("The file holds no ONNX graph.");
        // Before IR version 4 the weights are listed among the inputs too.
        var inputs = graph.Inputs.Where(input => !graph.InitializerNames.Contains(input.Name)).ToList();
        return new(irVersion, opset, producer, producerVersion, graph.Name, graph.Parameters, inputs, graph.Outputs);
    }

    private static async Task<Graph> GraphAsync(WireReader wire, long end, CancellationToken ct)
    {
        var graph = new Graph();
        while (await wire.NextAsync(end, ct) is { } field)
        {
            switch (field.Number, field.Type)
            {
                case (2, WireType.Bytes):
                    graph.Name = await wire.TextAsync(field, ct);
                    break;
                case (5, WireType.Bytes):
                    var (name, elements) = await InitializerAsync(wire, wire.Position + field.Length, ct);
                    graph.AddInitializer(name, elements);
                    break;
                case (11, WireType.Bytes):
                    Add(graph.Inputs, await OnnxTypes.ReadAsync(wire, wire.Position + field.Length, ct));
                    break;
                case (12, WireType.Bytes):
                    Add(graph.Outputs, await OnnxTypes.ReadAsync(wire, wire.Position + field.Length, ct));
                    break;
                case (15, WireType.Bytes):
                    graph.AddInitializer("", await SparseElementsAsync(wire, wire.Position + field.Length, ct));
                    break;
                default:
                    await wire.SkipAsync(field, ct);
                    break;
            }
        }

        return graph;
    }

    private static void Add(List<OnnxTensor> tensors, OnnxTensor tensor)
    {
        if (tensors.Count == MaxTensors)
            throw new InvalidDataException($"The graph has more than {MaxTensors} inputs or outputs.");
        tensors.Add(tensor);
    }

    private static async Task<(string Name, long Elements)> InitializerAsync(WireReader wire, long end, CancellationToken ct)
    {
        var (name, elements) = ("", 1L);
        while (await wire.NextAsync(end, ct) is { } field)
        {
            switch (field.Number, field.Type)
            {
                case (1, WireType.Varint):
                    elements = Multiply(elements, await wire.VarintAsync(ct));
                    break;
                case (1, WireType.Bytes):
                    for (var packed = wire.Position + field.Length; wire.Position < packed;)
                        elements = Multiply(elements, await wire.VarintAsync(ct));
                    break;
                case (8, WireType.Bytes):
                    name = await wire.TextAsync(field, ct);
                    break;
                default:
                    await wire.SkipAsync(field, ct);
                    break;
            }
        }

        return (name, elements);
    }

    /// <summary>Of a sparse tensor the values count, which are a dense tensor of their own.</summary>
    private static async Task<long> SparseElementsAsync(WireReader wire, long end, CancellationToken ct)
    {
        var elements = 0L;
        while (await wire.NextAsync(end, ct) is { } field)
        {
            if (field is { Number: 1, Type: WireType.Bytes })
                elements = (await InitializerAsync(wire, wire.Position + field.Length, ct)).Elements;
            else
                await wire.SkipAsync(field, ct);
        }

        return elements;
    }

    private static async Task<long> DefaultOpsetAsync(WireReader wire, long end, CancellationToken ct)
    {
        var (domain, version) = ("", 0L);
        while (await wire.NextAsync(end, ct) is { } field)
        {
            switch (field.Number, field.Type)
            {
                case (1, WireType.Bytes):
                    domain = await wire.TextAsync(field, ct);
                    break;
                case (2, WireType.Varint):
                    version = (long)await wire.VarintAsync(ct);
                    break;
                default:
                    await wire.SkipAsync(field, ct);
                    break;
            }
        }

        return domain is "" or "ai.onnx" ? version : 0;
    }

    private static long Multiply(long elements, ulong dimension)
    {
        try
        {
            return checked(elements * (long)dimension);
        }
        catch (OverflowException tooMany)
        {
            throw new InvalidDataException("An initializer claims more elements than a file can hold.", tooMany);
        }
    }

    private sealed class Graph
    {
        public string Name { get; set; } = "";

        public List<OnnxTensor> Inputs { get; } = [];

        public List<OnnxTensor> Outputs { get; } = [];

        public HashSet<string> InitializerNames { get; } = new(StringComparer.Ordinal);

        public long Parameters { get; private set; }

        public void AddInitializer(string name, long elements)
        {
            if (InitializerNames.Count == MaxInitializers || elements < 0 || long.MaxValue - Parameters < elements)
                throw new InvalidDataException("The graph has more initializers than a file can hold.");
            Parameters += elements;
            if (name.Length > 0)
                InitializerNames.Add(name);
        }
    }
}
