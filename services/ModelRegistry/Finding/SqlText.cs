using System.Data.Common;
using System.Globalization;
using System.Text;

namespace MlopsPlane.ModelRegistry.Finding;

/// <summary>A statement that grows with its parameters; values never become part of the text.</summary>
internal sealed class SqlText(string noEscape)
{
    private readonly StringBuilder text = new();
    private readonly List<object> values = [];

    /// <summary>What keeps LIKE from having an escape character on this provider.</summary>
    public string NoEscape { get; } = noEscape;

    public SqlText Append(string sql)
    {
        text.Append(sql);
        return this;
    }

    /// <summary>Appends a placeholder for a value.</summary>
    public SqlText AppendValue(object value)
    {
        text.Append(Add(value));
        return this;
    }

    /// <summary>Adds a value; the placeholder that stands for it.</summary>
    public string Add(object value)
    {
        values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"@p{values.Count - 1}");
    }

    public void ApplyTo(DbCommand command)
    {
        command.CommandText = text.ToString();
        for (var i = 0; i < values.Count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            parameter.Value = values[i];
            command.Parameters.Add(parameter);
        }
    }
}
