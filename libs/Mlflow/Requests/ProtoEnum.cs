using System.Text.Json;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>The names and numbers of a protobuf enum.</summary>
public sealed class ProtoEnum(params (string Name, int Number)[] members)
{
    /// <summary>The view of active, deleted or all experiments and runs.</summary>
    public static ProtoEnum ViewType { get; } = new(("ACTIVE_ONLY", 1), ("DELETED_ONLY", 2), ("ALL", 3));

    public static ProtoEnum RunStatus { get; } = new(("RUNNING", 1), ("SCHEDULED", 2), ("FINISHED", 3), ("FAILED", 4), ("KILLED", 5));

    public IReadOnlyList<string> Names { get; } = [.. members.Select(member => member.Name)];

    /// <summary>The member's name; null when an unknown name leaves the field unset.</summary>
    public string? NameOf(JsonElement value) => Find(value, out var name) ? name : null;

    internal bool Accepts(JsonElement value) =>
        Find(value, out _) || (value.ValueKind == JsonValueKind.String && !ProtoJson.TryInt64(value, out _) && ProtoJson.TryString(value, out _));

    private bool Find(JsonElement value, out string? name)
    {
        var hasNumber = ProtoJson.TryInt64(value, out var number);
        var hasText = ProtoJson.TryString(value, out var text);
        foreach (var member in members)
        {
            if (hasNumber ? member.Number == number : hasText && text == member.Name)
            {
                name = member.Name;
                return true;
            }
        }

        name = null;
        return false;
    }
}
