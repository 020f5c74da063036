using MlopsPlane.InferenceGateway.Placement;

namespace MlopsPlane.InferenceGateway.Tests.Placement;

public sealed class PlacementPlanTests
{
    private const long GiB = 1L << 30;
    private const long Now = 1_000_000_000_000;

    [Fact]
    public void Deployments_are_spread_and_what_is_placed_does_not_move_when_a_replica_joins()
    {
        var (first, second, third) = (Replica("a"), Replica("b"), Replica("c"));
        var plan = Plan([first, second], Deployment(1, wanted: 1), Deployment(2, wanted: 1), Deployment(3, wanted: 1));
        Assert.Equal(["a", "b", "a"], Enumerable.Range(1, 3).Select(key => Added(plan, key).Single()));
        var later = Plan([first, second, third],
            Deployment(1, wanted: 1, held: [Held("a")]), Deployment(2, wanted: 1, held: [Held("b")]), Deployment(3, wanted: 1, held: [Held("a")]), Deployment(4, wanted: 2));
        Assert.All(new long[] { 1, 2, 3 }, key => Assert.Empty(Added(later, key)));
        Assert.Equal(["c", "b"], Added(later, 4));
    }

    [Fact]
    public void Without_a_number_every_replica_of_the_pool_holds_it_and_pins_and_providers_restrict_that()
    {
        var plan = Plan([Replica("a"), Replica("b", providers: "cpu,cuda"), Replica("x", pool: "other")],
            Deployment(1), Deployment(2, pin: ["b"]), Deployment(3, provider: "cuda"), Deployment(4, pool: "other"));
        Assert.Equal(["a", "b"], Added(plan, 1).Order());
        Assert.Equal(["b"], Added(plan, 2));
        Assert.Equal(["b"], Added(plan, 3));
        Assert.Equal(["x"], Added(plan, 4));
        Assert.All(plan.Deployments.Values, placed => Assert.Null(placed.Unplaced));
    }

    [Fact]
    public void A_silent_replica_loses_what_others_can_take_over_and_keeps_what_all_hold()
    {
        var plan = Plan([Replica("a", alive: false), Replica("b")], Deployment(1, wanted: 1, held: [Held("a")]), Deployment(2, held: [Held("a"), Held("b")]));
        Assert.Equal(["b"], Added(plan, 1));
        Assert.Empty(plan.Deployments[1].Keep);
        Assert.Equal(["a", "b"], plan.Deployments[2].Keep);
    }

    [Fact]
    public void Fewer_wanted_replicas_or_another_pin_take_it_off_and_a_suspended_one_is_nowhere()
    {
        var plan = Plan([Replica("a"), Replica("b")],
            Deployment(1, wanted: 1, held: [Held("a"), Held("b")]), Deployment(2, pin: ["b"], held: [Held("a"), Held("b")]), Deployment(3, wanted: 0, held: [Held("a")]));
        Assert.Equal(["a"], plan.Deployments[1].Keep);
        Assert.Equal(["b"], plan.Deployments[2].Keep);
        Assert.Empty(plan.Deployments[3].Keep);
        Assert.Null(plan.Deployments[3].Unplaced);
    }

    [Fact]
    public void What_is_moved_answers_where_it_was_until_it_is_served_where_it_should_be()
    {
        var replicas = new[] { Replica("a"), Replica("b"), Replica("x", pool: "other") };
        var began = Plan(replicas, Deployment(1, wanted: 1, pin: ["b"], held: [Serving("a")]), Deployment(2, pool: "other", held: [Serving("a"), Serving("b")]));
        Assert.Equal(["b"], Added(began, 1));
        Assert.Equal(["a"], began.Deployments[1].Keep);
        Assert.Equal(["x"], Added(began, 2));
        Assert.Equal(["a", "b"], began.Deployments[2].Keep);
        var loading = Plan(replicas, Deployment(1, wanted: 1, pin: ["b"], held: [Serving("a"), Held("b")]));
        Assert.Equal(["b", "a"], loading.Deployments[1].Keep);
        Assert.Null(loading.Deployments[1].Unplaced);
        var served = Plan(replicas, Deployment(1, wanted: 1, pin: ["b"], held: [Serving("a"), Serving("b")]), Deployment(2, wanted: 0, held: [Serving("a")]));
        Assert.Equal(["b"], served.Deployments[1].Keep);
        Assert.Empty(served.Deployments[2].Keep);
        var gone = Plan([Replica("a", alive: false), Replica("b")], Deployment(1, wanted: 1, pin: ["b"], held: [Serving("a"), Held("b")]));
        Assert.Equal(["b"], gone.Deployments[1].Keep);
    }

    [Fact]
    public void Where_fewer_replicas_are_wanted_those_that_serve_it_keep_it()
    {
        var plan = Plan([Replica("a"), Replica("b")], Deployment(1, wanted: 1, held: [Held("a"), Serving("b")]));
        Assert.Equal(["b"], plan.Deployments[1].Keep);
    }

    [Fact]
    public void Two_that_change_places_do_not_wait_for_each_other_where_there_is_room_for_one()
    {
        var plan = Plan([Replica("a", budget: 4 * GiB), Replica("b", budget: 4 * GiB)],
            Deployment(1, wanted: 1, pin: ["b"], need: 3 * GiB, held: [Serving("a")]), Deployment(2, wanted: 1, pin: ["a"], need: 3 * GiB, held: [Serving("b")]));
        Assert.Equal(["b"], Added(plan, 1));
        Assert.Equal(["a"], Added(plan, 2));
        Assert.All(plan.Deployments.Values, placed => Assert.Empty(placed.Keep));
    }

    [Fact]
    public void What_does_not_fit_waits_and_says_what_it_needs()
    {
        var plan = Plan([Replica("a", budget: 8 * GiB), Replica("b", budget: 6 * GiB)],
            Deployment(1, wanted: 1, need: 4 * GiB, held: [Held("a")]), Deployment(2, wanted: 1, need: 3 * GiB, held: [Held("b")]),
            Deployment(3, wanted: 1, need: (long)(6.1 * GiB)), Deployment(4, wanted: 2, need: 4 * GiB), Deployment(5, wanted: 5));
        Assert.Equal("needs 6.1 GiB, largest free 4.0 GiB", plan.Deployments[3].Unplaced);
        Assert.Equal(["a"], Added(plan, 4));
        Assert.Equal("on 1 of 2 replicas: needs 4.0 GiB, largest free 3.0 GiB", plan.Deployments[4].Unplaced);
        Assert.Equal("on 2 of 5 replicas: 2 replica(s) of the pool 'default' may hold it", plan.Deployments[5].Unplaced);
    }

    [Fact]
    public void Who_may_not_have_had_the_time_to_report_keeps_what_it_holds_and_gets_nothing_new()
    {
        var spared = Replica("a", alive: false) with { Spared = true };
        var plan = Plan([spared, Replica("b")], Deployment(1, wanted: 1, held: [Held("a")]), Deployment(2, wanted: 2));
        Assert.Equal(["a"], plan.Deployments[1].Keep);
        Assert.Empty(Added(plan, 1));
        Assert.Equal(["b"], Added(plan, 2));
    }

    [Fact]
    public void What_needs_no_memory_finds_room_where_there_is_none()
    {
        var plan = Plan([Replica("a", budget: GiB)], Deployment(1, need: 2 * GiB, held: [Held("a")]), Deployment(2, wanted: 1));
        Assert.Equal(["a"], Added(plan, 2));
    }

    [Fact]
    public void It_says_which_replica_is_missing()
    {
        var replicas = new[] { Replica("a"), Replica("b", alive: false) };
        Assert.Equal("no replica of the pool 'gone' is alive", Plan(replicas, Deployment(1, pool: "gone")).Deployments[1].Unplaced);
        Assert.Equal("none of the pinned replicas is alive in the pool 'default': b, c", Plan(replicas, Deployment(1, pin: ["b", "c"])).Deployments[1].Unplaced);
        Assert.Equal("no replica of the pool 'default' that is alive has the provider 'cuda'",
            Plan([Replica("a"), Replica("b", providers: "cpu,cuda", alive: false)], Deployment(1, provider: "cuda")).Deployments[1].Unplaced);
    }

    [Fact]
    public void A_provider_that_no_replica_has_is_tried_on_those_there_are_until_one_comes_that_has_it()
    {
        var nowhere = Plan([Replica("a"), Replica("x", pool: "other", providers: "cuda")], Deployment(1, wanted: 1, provider: "cuda"));
        Assert.Equal([("a", "no replica has the provider 'cuda'")], nowhere.Deployments[1].Add);
        Assert.Null(nowhere.Deployments[1].Unplaced);
        var somewhere = Plan([Replica("a"), Replica("b", providers: "cpu,cuda")], Deployment(1, wanted: 1, provider: "cuda", held: [Held("a")]));
        Assert.Empty(somewhere.Deployments[1].Keep);
        Assert.Equal([("b", "fewest assignments")], somewhere.Deployments[1].Add);
    }

    [Fact]
    public void The_longest_unused_of_those_that_are_unloaded_when_idle_make_room_and_stay_assigned()
    {
        var plan = Plan([Replica("a", budget: 10 * GiB)],
            Deployment(1, need: 3 * GiB, sleeps: true, held: [Held("a", usedAgo: 100)]), Deployment(2, need: 3 * GiB, sleeps: true, held: [Held("a", usedAgo: 500)]),
            Deployment(3, need: 3 * GiB, held: [Held("a", usedAgo: 900)]), Deployment(4, wanted: 1, need: 4 * GiB));
        Assert.Equal([(2L, "a")], plan.Evicted);
        Assert.Equal(["a"], Added(plan, 4));
        Assert.Equal(["a"], plan.Deployments[2].Keep);
        Assert.Null(plan.Deployments[2].Unplaced);
    }

    [Fact]
    public void What_is_busy_makes_no_room_and_what_is_asleep_takes_none()
    {
        var busy = Plan([Replica("a", budget: 4 * GiB)], Deployment(1, need: 3 * GiB, sleeps: true, held: [Held("a", usedAgo: 5)]), Deployment(2, wanted: 1, need: 3 * GiB));
        Assert.Empty(busy.Evicted);
        Assert.Equal("needs 3.0 GiB, largest free 1.0 GiB", busy.Deployments[2].Unplaced);
        var asleep = Plan([Replica("a", budget: 4 * GiB)], Deployment(1, need: 3 * GiB, sleeps: true, held: [new PlanHeld("a", Asleep: true, Now)]), Deployment(2, wanted: 1, need: 3 * GiB));
        Assert.Equal(["a"], Added(asleep, 2));
    }

    [Fact]
    public void What_requests_have_woken_beyond_the_memory_puts_the_longest_unused_to_sleep()
    {
        var idle = Deployment(2, need: 3 * GiB, sleeps: true, held: [Held("a", usedAgo: 100)]);
        var longIdle = Deployment(3, need: 3 * GiB, sleeps: true, held: [Held("a", usedAgo: 500)]);
        PlanDeployment Woken(long need) => Deployment(1, need: need, sleeps: true, held: [Held("a", usedAgo: 1)]);
        Assert.Empty(Plan([Replica("a", budget: 9 * GiB)], Woken(3 * GiB), idle, longIdle).Evicted);
        var plan = Plan([Replica("a", budget: 9 * GiB)], Woken(4 * GiB), idle, longIdle);
        Assert.Equal([(3L, "a")], plan.Evicted);
        Assert.Equal(["a"], plan.Deployments[3].Keep);
        Assert.Equal([(3L, "a"), (2L, "a")], Plan([Replica("a", budget: 9 * GiB)], Woken(20 * GiB), idle, longIdle).Evicted);
        Assert.Equal([(3L, "a")], Plan([Replica("a", budget: 9 * GiB)], Woken(4 * GiB), idle, longIdle, Deployment(4, wanted: 1, need: 2 * GiB)).Evicted);
    }

    private static PlacementPlan Plan(PlanReplica[] replicas, params PlanDeployment[] deployments) => PlacementPlan.Of(deployments, replicas, Now);

    private static IEnumerable<string> Added(PlacementPlan plan, long key) => plan.Deployments[key].Add.Select(added => added.Replica);

    private static PlanReplica Replica(string id, string pool = "default", string providers = "cpu", long budget = 100 * GiB, bool alive = true) =>
        new(id, id, pool, providers.Split(',').ToHashSet(StringComparer.Ordinal), budget, alive);

    private static PlanDeployment Deployment(
        long key, int? wanted = null, string pool = "default", string[]? pin = null, string? provider = null, long need = 0, bool sleeps = false, PlanHeld[]? held = null) =>
        new(key, pool, wanted, pin, provider, need, sleeps, held ?? []);

    private static PlanHeld Serving(string replica) => new(replica, Asleep: false, Now, Answers: true, Serves: true);

    private static PlanHeld Held(string replica, long usedAgo = 0) => new(replica, Asleep: false, Now - (usedAgo * 1_000_000));
}
