namespace MlopsPlane.Web.Identity;

/// <summary>What an identity may be allowed to do with a resource.</summary>
[Flags]
public enum Verbs
{
    None = 0,

    /// <summary>Look at it.</summary>
    Read = 1,

    /// <summary>Create, change and delete it.</summary>
    Write = 2,

    /// <summary>Send requests to a deployed model.</summary>
    Infer = 4,

    /// <summary>Approve or reject what others want to put into service.</summary>
    Approve = 8,

    /// <summary>Manage who may do what, and what runs behind it.</summary>
    Admin = 16,

    All = Read | Write | Infer | Approve | Admin,
}

public static class IdentityVerbs
{
    /// <summary>Every verb by itself.</summary>
    public static IReadOnlyList<Verbs> Single { get; } = [Verbs.Read, Verbs.Write, Verbs.Infer, Verbs.Approve, Verbs.Admin];
}
