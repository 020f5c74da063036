using System.Globalization;
using GraphQL.Types;
using GraphQLParser.AST;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>A 64-bit integer as decimal text, since a page's numbers are doubles.</summary>
internal sealed class LongStringType : ScalarGraphType
{
    public LongStringType() => Name = "LongString";

    public override object? ParseLiteral(GraphQLValue value) => value switch
    {
        GraphQLStringValue text => ParseValue(text.Value.ToString()),
        GraphQLIntValue number => ParseValue(number.Value.ToString()),
        GraphQLNullValue => null,
        _ => ThrowLiteralConversionError(value),
    };

    public override object? ParseValue(object? value) => value switch
    {
        null => null,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => text,
        int or long => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => ThrowValueConversionError(value),
    };

    public override object? Serialize(object? value) => value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}
