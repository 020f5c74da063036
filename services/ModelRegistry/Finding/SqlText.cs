using System.Data.Common;
using System.Globalization;
using System.Text;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ModelRegistry.Finding;

/// <summary>A statement that grows with its parameters; values never become part of the text.</summary>
internal sealed class SqlText(DatabaseProvider provider)
{
    private readonly StringBuilder text = new();
    private readonly List<object> values = [];

    public DatabaseProvider Provider { get; } = provider;

    public SqlText Append(string sql)
    {
        text.Append(sql);
        return this;
    }

    /// <summary>Appends a placeholder for a value.</summary>
    public SqlText AppendValue(object value)
    {
        values.Add(value);
        text.Append(CultureInfo.InvariantCulture, $"@p{values.Count - 1}");
        return this;
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
