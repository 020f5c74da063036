namespace MlopsPlane.Web.Identity;

/// <summary>Who sends a request, and what they may do.</summary>
/// <param name="Name"><c>user:alice</c>, <c>service:ci</c>, <c>peer:registry</c>, or <see cref="LocalName"/>.</param>
/// <param name="KeyId">Id of the API key that it showed; null without one.</param>
/// <param name="Grants">Every rule that holds for it.</param>
public sealed record CallerIdentity(string Name, string? KeyId, IReadOnlyList<Grant> Grants)
{
    /// <summary>Name of whoever calls a process that asks for no identity.</summary>
    public const string LocalName = "local";

    /// <summary>How names of services that ask each other begin.</summary>
    public const string PeerPrefix = "peer:";

    /// <summary>The caller of a process on a loopback address without identity: everything is allowed.</summary>
    public static CallerIdentity Local { get; } = new(LocalName, null, [Grant.Everything]);

    /// <summary>No identity is asked for here.</summary>
    public bool IsLocal => Name == LocalName;

    /// <summary>Another service of the product, not a person or a client.</summary>
    public bool IsPeer => Name.StartsWith(PeerPrefix, StringComparison.Ordinal);

    /// <summary>A service of the product, which may ask what services ask each other.</summary>
    public static CallerIdentity Peer(string service) => new(PeerPrefix + service, null, [Grant.Everything]);

    /// <summary>What the rules say of a verb on a kind, before the resource's name is known.</summary>
    public Decision Decide(Verbs verb, string workspace, string kind)
    {
        var (everyName, someName, exceptions) = (false, false, false);
        foreach (var grant in Grants)
        {
            if (!grant.Covers(verb, workspace, kind))
                continue;
            if (!grant.Allow && grant.EveryName)
                return Decision.Denied;
            everyName |= grant.Allow && grant.EveryName;
            someName |= grant.Allow && !grant.EveryName;
            exceptions |= !grant.Allow;
        }

        return everyName && !exceptions ? Decision.Allowed : everyName || someName ? Decision.DependsOnName : Decision.Denied;
    }

    /// <summary>Whether the verb is allowed on one resource.</summary>
    public bool Allows(Verbs verb, string workspace, string kind, string name)
    {
        var allowed = false;
        foreach (var grant in Grants)
        {
            if (!grant.Covers(verb, workspace, kind) || !grant.Names(name))
                continue;
            if (!grant.Allow)
                return false;
            allowed = true;
        }

        return allowed;
    }

    /// <summary>Whether anything at all is allowed in a workspace, be it on resources of some names only.</summary>
    public bool MayEnter(string workspace)
    {
        foreach (var grant in Grants)
        {
            if (!grant.Allow || !Grant.Matches(grant.Workspace, workspace))
                continue;
            // What one rule allows, another may deny altogether.
            foreach (var kind in grant.Kind == Grant.Any ? ResourceKind.Every : [grant.Kind])
            {
                foreach (var verb in IdentityVerbs.Single)
                {
                    if (grant.Verbs.HasFlag(verb) && Decide(verb, workspace, kind) != Decision.Denied)
                        return true;
                }
            }
        }

        return false;
    }
}

/// <summary>What the rules say when the name of the resource is not known yet.</summary>
public enum Decision
{
    Denied,
    Allowed,
    DependsOnName,
}
