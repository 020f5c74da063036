namespace MlopsPlane.Web.Identity;

/// <summary>Kinds of things that grants speak of.</summary>
public static class ResourceKind
{
    /// <summary>A workspace itself: its description and artifact root.</summary>
    public const string Workspace = "workspace";

    /// <summary>An experiment with its runs, logged models, datasets and artifacts.</summary>
    public const string Experiment = "experiment";

    /// <summary>A registered model with its versions and aliases.</summary>
    public const string Model = "model";

    /// <summary>A webhook of the registry.</summary>
    public const string Webhook = "webhook";

    /// <summary>A fine-tune job with its files.</summary>
    public const string Job = "job";

    /// <summary>A deployed model.</summary>
    public const string Deployment = "deployment";

    /// <summary>A monitor of drift and quality.</summary>
    public const string Monitor = "monitor";

    /// <summary>Prices, usage, budgets.</summary>
    public const string Cost = "cost";

    /// <summary>Members, service accounts, keys, roles, grants and the audit log.</summary>
    public const string Access = "access";

    /// <summary>Metrics, outboxes and what else keeps the product running.</summary>
    public const string Operations = "operations";

    /// <summary>All of them, for the rule that a grant names a kind that exists.</summary>
    public static IReadOnlyList<string> Every { get; } =
        [Workspace, Experiment, Model, Webhook, Job, Deployment, Monitor, Cost, Access, Operations];
}
