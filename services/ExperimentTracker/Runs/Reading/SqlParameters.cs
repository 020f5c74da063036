using System.Data.Common;

namespace MlopsPlane.ExperimentTracker.Runs.Reading;

/// <summary>Parameters of hand-written statements that read the same on both providers.</summary>
internal static class SqlParameters
{
    /// <summary>Adds a parameter and returns its placeholder.</summary>
    public static string Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return "@" + name;
    }
}
