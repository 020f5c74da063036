using System.Text.Json;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>The few things of a search that the two databases say differently.</summary>
internal abstract class SearchDialect
{
    public static SearchDialect Of(DatabaseProvider provider) =>
        provider == DatabaseProvider.Postgres ? new Postgres() : new Sqlite();

    /// <summary>LIKE in which nothing escapes a wildcard, as the search language says.</summary>
    public abstract string Like(string text, string pattern);

    /// <summary>Membership in a list that is one parameter.</summary>
    public abstract string In(string value, string list, bool negated);

    /// <summary>A list as the parameter of <see cref="In"/>.</summary>
    public abstract object List<T>(IReadOnlyList<T> items);

    private sealed class Postgres : SearchDialect
    {
        public override string Like(string text, string pattern) => $"{text} LIKE {pattern} ESCAPE ''";

        public override string In(string value, string list, bool negated) => negated ? $"{value} <> ALL({list})" : $"{value} = ANY({list})";

        public override object List<T>(IReadOnlyList<T> items) => items.ToArray();
    }

    private sealed class Sqlite : SearchDialect
    {
        // The connection makes LIKE case-sensitive; without ESCAPE it knows no escape character.
        public override string Like(string text, string pattern) => $"{text} LIKE {pattern}";

        public override string In(string value, string list, bool negated) =>
            $"{value} {(negated ? "NOT IN" : "IN")} (SELECT value FROM json_each({list}))";

        public override object List<T>(IReadOnlyList<T> items) => JsonSerializer.Serialize(items);
    }
}
