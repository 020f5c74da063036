using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Rules;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class ExperimentRules
{
    private const int MaxNameLength = 500;

    public static void CheckName(string name) => KeyRules.CheckLength(name, MaxNameLength, "name");

    public static Exception NameTaken(string name) =>
        MlflowErrors.AlreadyExists($"Experiment(name={name}) already exists. Error: an active or deleted experiment has this name.");
}
