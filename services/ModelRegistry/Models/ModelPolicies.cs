using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Models;

/// <summary>What the registry's endpoints ask of their callers.</summary>
internal static class ModelPolicies
{
    /// <summary>Reads models that the request names in its message.</summary>
    public static readonly AccessPolicy Read = AccessPolicy.Read(ResourceKind.Model) with { HandlerNames = true };

    /// <summary>Changes models that the request names in its message.</summary>
    public static readonly AccessPolicy Write = AccessPolicy.Write(ResourceKind.Model) with { HandlerNames = true };

    /// <summary>Writes models and their history as it was elsewhere, which the request names in its message.</summary>
    public static readonly AccessPolicy Administer = AccessPolicy.Admin(ResourceKind.Model) with { HandlerNames = true };

    /// <summary>Reads the model that the path names.</summary>
    public static readonly AccessPolicy RoutedRead = AccessPolicy.Read(ResourceKind.Model) with { NameIn = "model" };

    /// <summary>Changes the model that the path names.</summary>
    public static readonly AccessPolicy RoutedWrite = AccessPolicy.Write(ResourceKind.Model) with { NameIn = "model" };

    /// <summary>Looks through models and finds those whose names the caller may read.</summary>
    public static readonly AccessPolicy Search = AccessPolicy.Read(ResourceKind.Model) with { HandlerFilters = true };
}
