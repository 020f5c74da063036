using System.Globalization;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>A replica as the plan sees it.</summary>
/// <param name="Budget">Bytes that its models may take together.</param>
/// <param name="Alive">It has reported of late.</param>
/// <param name="Spared">It may not have had the time to report: what it holds it keeps.</param>
internal sealed record PlanReplica(string Id, string Name, string Pool, IReadOnlySet<string> Providers, long Budget, bool Alive, bool Spared = false);

/// <summary>A deployment as the plan sees it.</summary>
/// <param name="Wanted">Replicas that are to hold it; null for all that may.</param>
/// <param name="Pin">Names of the only replicas that may hold it.</param>
/// <param name="Provider">What must be there to run it; null when anything will do.</param>
/// <param name="Need">Bytes that it takes on a replica.</param>
/// <param name="MayBeUnloaded">It is loaded again by the next request when it was unloaded.</param>
/// <param name="Held">Where it is assigned to now.</param>
internal sealed record PlanDeployment(
    long Key, string Pool, int? Wanted, IReadOnlyList<string>? Pin, string? Provider, long Need, bool MayBeUnloaded, IReadOnlyList<PlanHeld> Held);

/// <param name="Asleep">It is unloaded there, or about to be.</param>
/// <param name="LastUsedAt">Microseconds since 1970 UTC; 0 when it was not used.</param>
/// <param name="Answers">Some of it answers requests there.</param>
/// <param name="Serves">All of it does.</param>
internal sealed record PlanHeld(string Replica, bool Asleep, long LastUsedAt, bool Answers = false, bool Serves = false);

/// <summary>What the plan says of one deployment.</summary>
/// <param name="Keep">Replicas that have it and go on, those too that go on only until others serve.</param>
/// <param name="Add">Replicas that get it, and why they do.</param>
/// <param name="Unplaced">Why it is not everywhere where it should be; null when it is.</param>
internal sealed record Placed(IReadOnlyList<string> Keep, IReadOnlyList<(string Replica, string Reason)> Add, string? Unplaced);

/// <summary>
/// Assigns deployments to replicas; no clock, no database. What is placed stays where it is while the replica lives, is in
/// the pool, is among the pinned ones and has the provider; what is moved answers where it was until it is served where it
/// should be. Where no replica has the provider, it is tried on those without, so that
/// they say what their library says. What is missing goes, oldest deployment first, to the replica
/// with the fewest assignments, and of those to the one with the most free memory. Memory is counted as what each deployment
/// needs; what is asleep takes none. Where nothing has room, those deployments of a replica are put to sleep that are
/// unloaded when idle (<c>idleUnloadSeconds</c>) and had no request for ten seconds, the longest unused first, as many as it
/// takes; they stay assigned, and their next request loads them again. What does not fit even then waits, with the reason.
/// The same are put to sleep where requests have woken more than there is room for.
/// </summary>
internal sealed class PlacementPlan
{
    /// <summary>What was used so shortly ago is not put to sleep for another. In microseconds.</summary>
    public const long BusyFor = 10_000_000;

    private readonly IReadOnlyList<PlanReplica> replicas;
    private readonly long now;
    private readonly Dictionary<string, Load> loads;
    private readonly Dictionary<long, Placed> placed = [];
    private readonly List<(long Key, string Replica)> evicted = [];

    private PlacementPlan(IReadOnlyList<PlanReplica> replicas, long now)
    {
        (this.replicas, this.now) = (replicas, now);
        loads = replicas.ToDictionary(replica => replica.Id, replica => new Load(replica.Budget), StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<long, Placed> Deployments => placed;

    /// <summary>Assignments that are to be unloaded for others.</summary>
    public IReadOnlyList<(long Key, string Replica)> Evicted => evicted;

    /// <param name="now">Microseconds since 1970 UTC.</param>
    public static PlacementPlan Of(IReadOnlyList<PlanDeployment> deployments, IReadOnlyList<PlanReplica> replicas, long now)
    {
        var plan = new PlacementPlan(replicas, now);
        var ordered = deployments.OrderBy(deployment => deployment.Key).ToList();
        var kept = ordered.ToDictionary(deployment => deployment.Key, plan.Keep);
        plan.Relieve();
        foreach (var deployment in ordered)
            plan.placed.Add(deployment.Key, plan.Add(deployment, kept[deployment.Key]));
        foreach (var replica in plan.loads.SelectMany(load => load.Value.Leavers.Select(leaver => (leaver.Key, Replica: load.Key))))
            plan.placed[replica.Key] = plan.placed[replica.Key] with { Keep = [.. plan.placed[replica.Key].Keep, replica.Replica] };
        return plan;
    }

    public static string Bytes(long bytes) => bytes < 1 << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.0} GiB");

    private List<string> Keep(PlanDeployment deployment)
    {
        var may = replicas.Where(replica => MayHold(deployment, replica)).ToDictionary(replica => replica.Id, StringComparer.Ordinal);
        // One that is silent gives up what another can take over; where all of the pool hold it, nobody else can.
        var kept = deployment.Held.Where(held => may.TryGetValue(held.Replica, out var replica) && (replica.Alive || replica.Spared || deployment.Wanted is null))
            .OrderByDescending(held => held.Serves).ThenBy(held => held.Replica, StringComparer.Ordinal).Take(deployment.Wanted ?? int.MaxValue).ToList();
        foreach (var held in kept)
        {
            Count(deployment, held);
            if (!held.Asleep && deployment.MayBeUnloaded)
                loads[held.Replica].Sleepers.Add((deployment.Key, deployment.Need, held.LastUsedAt));
        }

        // Those that must give it up answer as long as those that are to have it do not.
        var left = kept.Count(held => held.Serves) >= Math.Max(1, deployment.Wanted ?? kept.Count) || deployment.Wanted == 0
            ? []
            : deployment.Held.Where(held => held.Answers && !may.ContainsKey(held.Replica) && replicas.Any(replica => replica.Id == held.Replica && (replica.Alive || replica.Spared))).ToList();
        foreach (var held in left)
        {
            Count(deployment, held);
            loads[held.Replica].Leavers.Add((deployment.Key, held.Asleep ? 0 : deployment.Need));
        }

        return [.. kept.Select(held => held.Replica)];
    }

    private void Count(PlanDeployment deployment, PlanHeld held)
    {
        var load = loads[held.Replica];
        load.Count++;
        load.Free -= held.Asleep ? 0 : deployment.Need;
    }

    /// <summary>Where more is awake than there is room for, what was not used for longest makes room for what was woken.</summary>
    private void Relieve()
    {
        foreach (var (replica, load) in loads)
        {
            foreach (var sleeper in IdleOn(load).ToList())
            {
                if (load.Free + load.Leavers.Sum(leaver => leaver.Need) < 0)
                    Evict(replica, sleeper);
            }
        }
    }

    private Placed Add(PlanDeployment deployment, List<string> kept)
    {
        var able = replicas.Where(replica => replica.Alive && MayHold(deployment, replica)).ToList();
        var open = able.Where(replica => !kept.Contains(replica.Id, StringComparer.Ordinal)).ToList();
        var missing = deployment.Wanted is { } wanted ? wanted - kept.Count : open.Count;
        var added = new List<(string, string)>();
        while (added.Count < missing && open.Count > 0 && Choose(deployment, open) is { } chosen)
        {
            open.Remove(chosen);
            var load = loads[chosen.Id];
            load.Count++;
            load.Free -= deployment.Need;
            added.Add((chosen.Id, !HasProvider(deployment, chosen) ? $"no replica has the provider '{deployment.Provider}'" : deployment.Pin is not null ? "pinned" : deployment.Wanted is null ? "every replica of the pool" : "fewest assignments"));
        }

        var has = kept.Count + added.Count;
        var lacks = deployment.Wanted is { } count ? has < count : added.Count < missing || able.Count == 0;
        return new(kept, added, lacks ? Reason(deployment, able, open, has) : null);
    }

    /// <summary>A replica with room, made where it must be; null when there is none.</summary>
    private PlanReplica? Choose(PlanDeployment deployment, List<PlanReplica> open)
    {
        var best = open.Where(replica => deployment.Need == 0 || loads[replica.Id].Free >= deployment.Need)
            .OrderBy(replica => loads[replica.Id].Count).ThenByDescending(replica => loads[replica.Id].Free).ThenBy(replica => replica.Id, StringComparer.Ordinal).FirstOrDefault();
        if (best is not null)
            return best;
        var making = open.Select(replica => (Replica: replica, Sleepers: ToEvict(loads[replica.Id], deployment.Need))).Where(one => one.Sleepers is not null)
            .OrderBy(one => one.Sleepers!.Max(sleeper => sleeper.LastUsedAt)).ThenBy(one => one.Replica.Id, StringComparer.Ordinal).FirstOrDefault();
        if (making.Sleepers is null)
            return ChooseFromLeavers(deployment, open);
        foreach (var sleeper in making.Sleepers)
            Evict(making.Replica.Id, sleeper);
        return making.Replica;
    }

    private void Evict(string replica, (long Key, long Need, long LastUsedAt) sleeper)
    {
        var load = loads[replica];
        load.Sleepers.Remove(sleeper);
        load.Free += sleeper.Need;
        evicted.Add((sleeper.Key, replica));
    }

    /// <summary>What may be put to sleep, the longest unused first.</summary>
    private IEnumerable<(long Key, long Need, long LastUsedAt)> IdleOn(Load load) => load.Sleepers
        .Where(sleeper => sleeper.Need > 0 && now - sleeper.LastUsedAt >= BusyFor).OrderBy(sleeper => sleeper.LastUsedAt).ThenBy(sleeper => sleeper.Key);

    /// <summary>As a last resort, what is to go anyway goes before it is served elsewhere: two deployments that change places would wait for each other.</summary>
    private PlanReplica? ChooseFromLeavers(PlanDeployment deployment, List<PlanReplica> open)
    {
        var chosen = open.Where(replica => loads[replica.Id].Free + loads[replica.Id].Leavers.Sum(leaver => leaver.Need) >= deployment.Need)
            .OrderBy(replica => replica.Id, StringComparer.Ordinal).FirstOrDefault();
        if (chosen is null)
            return null;
        var load = loads[chosen.Id];
        load.Free += load.Leavers.Sum(leaver => leaver.Need);
        load.Count -= load.Leavers.Count;
        load.Leavers.Clear();
        return chosen;
    }

    private List<(long Key, long Need, long LastUsedAt)>? ToEvict(Load load, long need)
    {
        var (free, chosen) = (load.Free, new List<(long, long, long)>());
        foreach (var sleeper in IdleOn(load))
        {
            chosen.Add(sleeper);
            free += sleeper.Need;
            if (free >= need)
                return chosen;
        }

        return null;
    }

    private string Reason(PlanDeployment deployment, List<PlanReplica> able, List<PlanReplica> open, int has)
    {
        var some = has > 0 ? deployment.Wanted is { } wanted ? $"on {has} of {wanted} replicas: " : $"on {has} replicas: " : "";
        if (able.Count > 0)
        {
            return some + (open.Count > 0
                ? $"needs {Bytes(deployment.Need)}, largest free {Bytes(Math.Max(0, open.Max(replica => loads[replica.Id].Free)))}"
                : $"{able.Count} replica(s) of the pool '{deployment.Pool}' may hold it");
        }

        var alive = replicas.Where(replica => replica.Alive && replica.Pool == deployment.Pool).ToList();
        if (alive.Count == 0)
            return $"no replica of the pool '{deployment.Pool}' is alive";
        var pinned = alive.Where(replica => IsPinned(deployment, replica)).ToList();
        return pinned.Count == 0
            ? $"none of the pinned replicas is alive in the pool '{deployment.Pool}': {string.Join(", ", deployment.Pin!)}"
            : $"no replica of the pool '{deployment.Pool}' that is alive has the provider '{deployment.Provider}'";
    }

    private bool MayHold(PlanDeployment deployment, PlanReplica replica) => IsMeant(deployment, replica) && (HasProvider(deployment, replica) || !Exists(deployment));

    /// <summary>Some replica has the provider, alive or not.</summary>
    private bool Exists(PlanDeployment deployment) => replicas.Any(replica => IsMeant(deployment, replica) && HasProvider(deployment, replica));

    private static bool IsMeant(PlanDeployment deployment, PlanReplica replica) => replica.Pool == deployment.Pool && IsPinned(deployment, replica);

    private static bool HasProvider(PlanDeployment deployment, PlanReplica replica) => deployment.Provider is null || replica.Providers.Contains(deployment.Provider);

    private static bool IsPinned(PlanDeployment deployment, PlanReplica replica) => deployment.Pin?.Contains(replica.Name, StringComparer.Ordinal) != false;

    private sealed class Load(long free)
    {
        public int Count { get; set; }

        public long Free { get; set; } = free;

        public List<(long Key, long Need, long LastUsedAt)> Sleepers { get; } = [];

        /// <summary>What answers here until it is served where it should be.</summary>
        public List<(long Key, long Need)> Leavers { get; } = [];
    }
}
