using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.Mlflow.Search;

/// <summary>Identifiers of the records that have fields and tags only: experiments, registered models, versions.</summary>
internal static class NarrowIdentifier
{
    public static (SearchEntity Entity, string Key) Resolve(string identifier, string[] keys)
    {
        var dot = identifier.IndexOf('.', StringComparison.Ordinal);
        var entity = dot < 0 ? SearchEntity.Attribute : identifier[..dot] switch
        {
            "attribute" => SearchEntity.Attribute,
            "tag" or "tags" => SearchEntity.Tag,
            var other => throw MlflowErrors.Invalid($"Invalid entity type '{other}'. Valid entity types are ('attribute', 'tag', 'tags')"),
        };
        var key = Unquote(identifier[(dot + 1)..]);
        return entity == SearchEntity.Tag || keys.Contains(key)
            ? (entity, key)
            : throw MlflowErrors.Invalid(
                $"Invalid attribute key '{key}' specified. Valid keys are '{{{string.Join(", ", keys.Select(PythonText.Repr))}}}'");
    }

    private static string Unquote(string key)
    {
        foreach (var quote in "'\"`")
        {
            if (key.Length >= 2 && key[0] == quote && key[^1] == quote)
                return key[1..^1];
        }

        return key;
    }
}
