using System.Globalization;

namespace MlopsPlane.ModelRegistry.Content.Onnx;

/// <summary>Reads the name and type of a graph's input or output (ValueInfoProto).</summary>
internal static class OnnxTypes
{
    private const int MaxDimensions = 64;

    private static readonly string[] ElementTypes =
    [
        "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double",
        "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2",
        "float8e5m2fnuz", "uint4", "int4", "float4e2m1",
    ];

    public static async Task<OnnxTensor> ReadAsync(WireReader wire, long end, CancellationToken ct)
    {
        var tensor = new OnnxTensor("", ElementTypes[0], null);
        while (await wire.NextAsync(end, ct) is { } field)
        {
            switch (field.Number, field.Type)
            {
                case (1, WireType.Bytes):
                    tensor = tensor with { Name = await wire.TextAsync(field, ct) };
                    break;
                case (2, WireType.Bytes):
                    var (type, shape) = await TypeAsync(wire, wire.Position + field.Length, ct);
                    tensor = tensor with { ElementType = type, Shape = shape };
                    break;
                default:
                    await wire.SkipAsync(field, ct);
                    break;
            }
        }

        return tensor;
    }

    private static async Task<(string Type, string? Shape)> TypeAsync(WireReader wire, long end, CancellationToken ct)
    {
        (string Type, string? Shape) result = (ElementTypes[0], null);
        while (await wire.NextAsync(end, ct) is { } field)
        {
            if (field is { Number: 1, Type: WireType.Bytes })
            {
                result = await TensorAsync(wire, wire.Position + field.Length, ct);
                continue;
            }

            if (field.Type == WireType.Bytes && Kind(field.Number) is { } kind)
                result = (kind, null);
            await wire.SkipAsync(field, ct);
        }

        return result;
    }

    private static string? Kind(int field) => field switch
    {
        4 => "sequence",
        5 => "map",
        8 => "sparse_tensor",
        9 => "optional",
        _ => null,
    };

    private static async Task<(string Type, string? Shape)> TensorAsync(WireReader wire, long end, CancellationToken ct)
    {
        var (type, shape) = (0UL, (string?)null);
        while (await wire.NextAsync(end, ct) is { } field)
        {
            switch (field.Number, field.Type)
            {
                case (1, WireType.Varint):
                    type = await wire.VarintAsync(ct);
                    break;
                case (2, WireType.Bytes):
                    shape = await ShapeAsync(wire, wire.Position + field.Length, ct);
                    break;
                default:
                    await wire.SkipAsync(field, ct);
                    break;
            }
        }

        return (type < (ulong)ElementTypes.Length ? ElementTypes[type] : type.ToString(CultureInfo.InvariantCulture), shape);
    }

    private static async Task<string> ShapeAsync(WireReader wire, long end, CancellationToken ct)
    {
        var dimensions = new List<string>();
        while (await wire.NextAsync(end, ct) is { } field)
        {
            if (dimensions.Count == MaxDimensions)
                throw new InvalidDataException($"A shape has more than {MaxDimensions} dimensions.");
            if (field is { Number: 1, Type: WireType.Bytes })
                dimensions.Add(await DimensionAsync(wire, wire.Position + field.Length, ct));
            else
                await wire.SkipAsync(field, ct);
        }

        return string.Join(',', dimensions);
    }

    private static async Task<string> DimensionAsync(WireReader wire, long end, CancellationToken ct)
    {
        var dimension = "?";
        while (await wire.NextAsync(end, ct) is { } field)
        {
            switch (field.Number, field.Type)
            {
                case (1, WireType.Varint):
                    var size = (long)await wire.VarintAsync(ct);
                    dimension = size >= 0 ? size.ToString(CultureInfo.InvariantCulture) : "?";
                    break;
                case (2, WireType.Bytes):
                    var name = await wire.TextAsync(field, ct);
                    dimension = name.Length > 0 ? name : "?";
                    break;
                default:
                    await wire.SkipAsync(field, ct);
                    break;
            }
        }

        return dimension;
    }
}
