using System.Linq.Expressions;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Hosting.Names;

/// <summary>
/// Leaves out of a search what the caller may not see by its name, in the database, so that pages and counts fit.
/// Patterns of grants know <c>*</c> only; each provider gets them in an operator of its own that heeds case.
/// </summary>
public static class NameCondition
{
    /// <summary>Keeps the rows whose names pass; all of them without a gate.</summary>
    public static IQueryable<TRow> Passing<TRow>(
        this IQueryable<TRow> rows, Expression<Func<TRow, string>> name, NameGate? gate, DatabaseProvider provider)
    {
        if (gate is null)
            return rows;
        Expression any = Expression.Constant(value: false);
        foreach (var pattern in gate.Allowed)
            any = Expression.OrElse(any, Match(name, pattern, provider));
        foreach (var pattern in gate.Denied)
            any = Expression.AndAlso(any, Expression.Not(Match(name, pattern, provider)));
        return rows.Where(Expression.Lambda<Func<TRow, bool>>(any, name.Parameters));
    }

    /// <summary>The condition on a column of names, as text.</summary>
    /// <param name="add">Adds a value to the statement and tells what stands for it in the text.</param>
    public static string Sql(string column, NameGate gate, DatabaseProvider provider, Func<string, string> add)
    {
        var sql = new StringBuilder("(1 = 0");
        foreach (var pattern in gate.Allowed)
            sql.Append(" OR ").Append(Match(column, pattern, provider, add));
        sql.Append(')');
        foreach (var pattern in gate.Denied)
            sql.Append(" AND NOT ").Append(Match(column, pattern, provider, add));
        return sql.ToString();
    }

    /// <summary>A pattern of grants for SQLite's <c>GLOB</c>, to which <c>?</c> and <c>[</c> are special.</summary>
    private static string ToGlob(string pattern) =>
        pattern.Replace("[", "[[]", StringComparison.Ordinal).Replace("?", "[?]", StringComparison.Ordinal);

    /// <summary>A pattern of grants for <c>LIKE ... ESCAPE '\'</c>.</summary>
    private static string ToLike(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace('*', '%');

    private static string Match(string column, string pattern, DatabaseProvider provider, Func<string, string> add) =>
        provider == DatabaseProvider.Sqlite ? $"{column} GLOB {add(ToGlob(pattern))}" : $"{column} LIKE {add(ToLike(pattern))} ESCAPE '\\'";

    private static Expression Match<TRow>(Expression<Func<TRow, string>> name, string pattern, DatabaseProvider provider)
    {
        Expression<Func<string, bool>> match;
        if (provider == DatabaseProvider.Sqlite)
        {
            var glob = ToGlob(pattern);
            match = text => EF.Functions.Glob(text, glob);
        }
        else
        {
            var like = ToLike(pattern);
            match = text => EF.Functions.Like(text, like, "\\");
        }

        return new Naming(match.Parameters[0], name.Body).Visit(match.Body);
    }

    private sealed class Naming(ParameterExpression text, Expression name) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == text ? name : node;
    }
}
