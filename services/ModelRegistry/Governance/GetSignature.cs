using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary><c>GET .../versions/{version}/signature</c>: what the version's ONNX file says of itself.</summary>
internal static class GetSignature
{
    public sealed record Response(
        string File, long IrVersion, long Opset, string Producer, string ProducerVersion, string GraphName, long ParameterCount,
        IReadOnlyList<Tensor> Inputs, IReadOnlyList<Tensor> Outputs);

    /// <param name="Shape">One entry a dimension, <c>?</c> or a name where it is free; null when the file leaves the shape open.</param>
    public sealed record Tensor(string Name, string Type, IReadOnlyList<string>? Shape);

    public static async Task<Ok<Response>> Handle(
        string model, int version, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var found = await db.FindVersionAsync(await workspaces.ResolveAsync(http), model, version, ct);
        var signature = await db.Set<VersionSignature>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.ModelKey == found.ModelKey && row.Version == version, ct)
            ?? throw PlaneError.NotFound("no_signature", $"No ONNX file of {model} version {version} has been read.").ToException();
        var tensors = await db.Set<SignatureTensor>().AsNoTracking().Where(row => row.ModelKey == found.ModelKey && row.Version == version)
            .OrderBy(row => row.Position).ToListAsync(ct);
        return TypedResults.Ok(new Response(
            signature.Path, signature.IrVersion, signature.Opset, signature.Producer, signature.ProducerVersion, signature.GraphName,
            signature.ParameterCount, Shown(tensors, SignatureTensor.Input), Shown(tensors, SignatureTensor.Output)));
    }

    private static List<Tensor> Shown(List<SignatureTensor> tensors, string direction) =>
        [.. tensors.Where(row => row.Direction == direction).Select(row => new Tensor(row.Name, row.ElementType, Dimensions(row.Shape)))];

    private static string[]? Dimensions(string? shape) => shape switch
    {
        null => null,
        "" => [],
        _ => shape.Split(','),
    };
}
