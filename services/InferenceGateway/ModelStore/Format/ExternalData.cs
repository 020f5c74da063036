namespace MlopsPlane.InferenceGateway.ModelStore.Format;

/// <summary>
/// Finds which other files an ONNX file's tensors name, wherever they are in it, and refuses what is not the version's
/// own: the runtime would open it.
/// </summary>
internal static class ExternalData
{
    /// <summary>The depth that protobuf itself allows.</summary>
    private const int MaxDepth = 100;
    private const int MaxLocations = 10_000;
    private const int MaxTextBytes = 4096;

    private enum Kind
    {
        Other,
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        SparseTensor,
        Function,
        Training,
        Entry,
    }

    /// <param name="title">The version, for messages.</param>
    /// <param name="root">Folder of the version.</param>
    /// <param name="path">The ONNX file below it.</param>
    /// <param name="files">All files of the version.</param>
    /// <exception cref="ModelRefusedException">The file is no ONNX model, or names a file that it must not.</exception>
    public static void Require(string title, string root, string path, IReadOnlySet<string> files)
    {
        foreach (var location in Locations(title, root, path))
        {
            // The runtime takes such a name for an address in its own memory.
            if (location.Contains('*', StringComparison.Ordinal) || !FilePaths.TryResolve(FilePaths.FolderOf(path), location, out var target))
                throw new ModelRefusedException($"{title}: {path} keeps tensors in '{location}', which is not a file below its own folder.");
            if (!files.Contains(target))
                throw new ModelRefusedException($"{title}: {path} keeps tensors in '{location}', which is not among the version's files.");
        }
    }

    private static HashSet<string> Locations(string title, string root, string path)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        using var file = new FileStream(Path.Combine(root, path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (file.Length == 0)
            throw new ModelRefusedException($"{title}: {path} is empty and no ONNX model.");
        try
        {
            var reader = new ProtoReader(file);
            if (!Walk(reader, Kind.Model, reader.Length, 0, found))
                throw new InvalidDataException("it holds no graph");
        }
        catch (InvalidDataException broken)
        {
            throw new ModelRefusedException($"{title}: {path} is no ONNX model: {broken.Message}.", broken);
        }

        return found;
    }

    /// <summary>Walks one message; whether it holds a graph directly.</summary>
    private static bool Walk(ProtoReader reader, Kind kind, long end, int depth, HashSet<string> found)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"it is nested more than {MaxDepth} deep");
        var (hasGraph, key, value) = (false, "", "");
        while (reader.Next(end) is { } field)
        {
            var below = field.Type == ProtoType.Bytes ? Below(kind, field.Number) : Kind.Other;
            hasGraph |= below == Kind.Graph;
            if (below != Kind.Other)
                Walk(reader, below, reader.Position + field.Length, depth + 1, found);
            else if (kind == Kind.Entry && field is { Type: ProtoType.Bytes, Number: 1 })
                key = reader.Text(field, MaxTextBytes);
            else if (kind == Kind.Entry && field is { Type: ProtoType.Bytes, Number: 2 })
                value = reader.Text(field, MaxTextBytes);
            else
                reader.Skip(field, end);
        }

        if (key == "location" && found.Add(value) && found.Count > MaxLocations)
            throw new InvalidDataException($"its tensors lie in more than {MaxLocations} files");
        return hasGraph;
    }

    /// <summary>The message in a field of a message, by onnx.proto, where tensors can be below it.</summary>
    private static Kind Below(Kind kind, int field) => (kind, field) switch
    {
        (Kind.Model, 7) => Kind.Graph,
        (Kind.Model, 20) => Kind.Training,
        (Kind.Model, 25) => Kind.Function,
        (Kind.Training, 1 or 2) => Kind.Graph,
        (Kind.Graph, 1) => Kind.Node,
        (Kind.Graph, 5) => Kind.Tensor,
        (Kind.Graph, 15) => Kind.SparseTensor,
        (Kind.Function, 7) => Kind.Node,
        (Kind.Function, 11) => Kind.Attribute,
        (Kind.Node, 5) => Kind.Attribute,
        (Kind.Attribute, 5 or 10) => Kind.Tensor,
        (Kind.Attribute, 6 or 11) => Kind.Graph,
        (Kind.Attribute, 22 or 23) => Kind.SparseTensor,
        (Kind.SparseTensor, 1 or 2) => Kind.Tensor,
        (Kind.Tensor, 13) => Kind.Entry,
        _ => Kind.Other,
    };
}
