using MlopsPlane.Contracts.Access;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Workspaces;

/// <summary>What the other services must say before a workspace may go.</summary>
internal sealed class DeletionRules(IEnumerable<IWorkspaceContents> services)
{
    /// <summary>Kinds in the order in which MLflow looks at them; it names the first that is not empty.</summary>
    private static readonly string[] Order = ["registered_models", "experiments"];

    /// <exception cref="PlaneException">500 with MLflow's message: something is left in it.</exception>
    public async Task RequireEmptyAsync(string name, CancellationToken ct)
    {
        if ((await AskAsync(service => service.CountAsync(name, ct), resource => resource.Kind)).FirstOrDefault() is { } first)
            throw MlflowErrors.InvalidState(
                $"Cannot delete workspace '{name}': table '{first.Kind}' still contains {first.Count} resource(s). "
                + "Remove or reassign them before deleting the workspace.");
    }

    /// <exception cref="PlaneException">500 with MLflow's message: the target has things of the same kind and name.</exception>
    public async Task RequireNoClashAsync(string name, string target, CancellationToken ct)
    {
        var clashes = await AskAsync(service => service.ClashesAsync(name, target, ct), clash => clash.Kind);
        if (clashes.Count > 0)
            throw MlflowErrors.InvalidState(
                $"Cannot reassign resources from workspace '{name}' to '{target}': the following names already exist in the "
                + $"{target} workspace and would cause conflicts:\n"
                + string.Join('\n', clashes.Select(clash => $"  - {clash.Kind}: {PythonText.Repr(clash.Name)}"))
                + "\nRename or remove the conflicting resources before retrying.");
    }

    private async Task<List<T>> AskAsync<T>(Func<IWorkspaceContents, Task<IReadOnlyList<T>>> question, Func<T, string> kind)
    {
        var answers = await Task.WhenAll(services.Select(question));
        return [.. answers.SelectMany(answer => answer).OrderBy(answer => (uint)Array.IndexOf(Order, kind(answer)))];
    }
}
