using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Finding;

/// <summary>
/// Leaves out of a search what the caller may not see by its name, in the database, so that pages and counts fit.
/// Patterns of grants know <c>*</c> only; each provider gets them in an operator of its own that heeds case.
/// </summary>
internal static class NameCondition
{
    /// <summary>Keeps the models whose names pass.</summary>
    public static IQueryable<RegisteredModel> Passing(this IQueryable<RegisteredModel> models, NameGate? gate, PlaneDatabase provider)
    {
        if (gate is null)
            return models;
        var (allowed, denied) = (gate.Allowed.ToList(), gate.Denied.ToList());
        models = models.Where(AnyOf(allowed, provider));
        foreach (var pattern in denied)
        {
            var match = AnyOf([pattern], provider);
            models = models.Where(Expression.Lambda<Func<RegisteredModel, bool>>(Expression.Not(match.Body), match.Parameters));
        }

        return models;
    }

    /// <summary>Writes the condition on a column of names.</summary>
    public static void Write(SqlText sql, string column, NameGate gate, RegistryStatements statements)
    {
        sql.Append(" AND (1 = 0");
        foreach (var pattern in gate.Allowed)
            WriteMatch(sql.Append(" OR "), column, pattern, statements);
        sql.Append(")");
        foreach (var pattern in gate.Denied)
            WriteMatch(sql.Append(" AND NOT "), column, pattern, statements);
    }

    /// <summary>A pattern of grants for SQLite's <c>GLOB</c>, to which <c>?</c> and <c>[</c> are special.</summary>
    public static string ToGlob(string pattern) =>
        pattern.Replace("[", "[[]", StringComparison.Ordinal).Replace("?", "[?]", StringComparison.Ordinal);

    /// <summary>A pattern of grants for <c>LIKE ... ESCAPE '\'</c>.</summary>
    public static string ToLike(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace('*', '%');

    private static void WriteMatch(SqlText sql, string column, string pattern, RegistryStatements statements)
    {
        if (statements.Database is SqliteDatabase)
            sql.Append(column).Append(" GLOB ").AppendValue(ToGlob(pattern));
        else
            sql.Append(column).Append(" LIKE ").AppendValue(ToLike(pattern)).Append(" ESCAPE '\\'");
    }

    private static Expression<Func<RegisteredModel, bool>> AnyOf(List<string> patterns, PlaneDatabase provider)
    {
        Expression<Func<RegisteredModel, bool>> any = row => false;
        foreach (var pattern in patterns)
        {
            var match = Match(pattern, provider);
            var body = new Renaming(match.Parameters[0], any.Parameters[0]).Visit(match.Body);
            any = Expression.Lambda<Func<RegisteredModel, bool>>(Expression.OrElse(any.Body, body), any.Parameters);
        }

        return any;
    }

    private static Expression<Func<RegisteredModel, bool>> Match(string pattern, PlaneDatabase provider)
    {
        if (provider is SqliteDatabase)
        {
            var glob = ToGlob(pattern);
            return row => EF.Functions.Glob(row.Name, glob);
        }

        var like = ToLike(pattern);
        return row => EF.Functions.Like(row.Name, like, "\\");
    }

    private sealed class Renaming(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
