using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.Mlflow.Errors;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class ExperimentRules
{
    private const int MaxNameLength = 500;

    public static void CheckName(string name) => KeyRules.CheckLength(name, MaxNameLength, "name");

    public static Exception NameTaken(string name) =>
        MlflowErrors.AlreadyExists($"Experiment(name={name}) already exists. Error: an active or deleted experiment has this name.");
}
