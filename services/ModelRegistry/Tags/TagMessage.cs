using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ModelRegistry.Tags;

/// <summary>The tags of a create request.</summary>
internal static class TagMessage
{
    public static readonly MessageSchema Schema = new(Field.String("key"), Field.String("value"));

    /// <summary>Tags in the order of their first appearance; of a key that comes twice the last value holds.</summary>
    public static Dictionary<string, string> Read(MlflowMessage request, Action<string?, string> check)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in request.Messages("tags", Schema))
        {
            var (key, value) = (tag.String("key"), tag.String("value") ?? "");
            check(key ?? "", value);
            tags[key!] = value;
        }

        return tags;
    }
}
