using MlopsPlane.Web.Identity;

namespace MlopsPlane.Libs.Tests.Web.Identity;

public sealed class GrantTests
{
    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("*", "*", true)]
    [InlineData("team-*", "*", false)]
    [InlineData("*-*", "*", false)]
    [InlineData("team-a", "team-a", true)]
    [InlineData("team-a", "Team-A", false)]
    [InlineData("team-*", "team-", true)]
    [InlineData("team-*", "team-a-b", true)]
    [InlineData("team-*", "xteam-a", false)]
    [InlineData("*-prod", "a-prod", true)]
    [InlineData("*-prod", "a-prod-b", false)]
    [InlineData("a*b*c", "a1b2c", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("**", "x", true)]
    [InlineData("a*", "a\nb", true)]
    [InlineData("a<*", "a<b", true)]
    [InlineData("a>b", "a>b", true)]
    [InlineData("[a]*", "[a]x", true)]
    [InlineData("[a]*", "ax", false)]
    public void A_star_stands_for_any_text_and_no_other_character_is_special(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Grant.Matches(pattern, text));

    [Fact]
    public void A_name_that_looks_like_a_pattern_is_only_a_name()
    {
        Assert.False(Grant.Matches("churn", "*"));
        Assert.False(Grant.Matches("churn", "chur?"));
        Assert.False(Grant.Matches("churn", "chur*"));
    }

    [Fact]
    public void All_verbs_that_are_asked_for_must_be_in_the_rule()
    {
        var rule = new Grant(true, Verbs.Read | Verbs.Write, "team-a", ResourceKind.Model, "*");
        Assert.True(rule.Covers(Verbs.Read, "team-a", ResourceKind.Model));
        Assert.True(rule.Covers(Verbs.Read | Verbs.Write, "team-a", ResourceKind.Model));
        Assert.False(rule.Covers(Verbs.Read | Verbs.Infer, "team-a", ResourceKind.Model));
        Assert.False(rule.Covers(Verbs.Read, "team-b", ResourceKind.Model));
        Assert.False(rule.Covers(Verbs.Read, "*", ResourceKind.Model));
        Assert.False(rule.Covers(Verbs.Read, "team-a", ResourceKind.Experiment));
    }

    [Fact]
    public void Nothing_is_allowed_by_default()
    {
        var nobody = new CallerIdentity("service:x", null, []);
        Assert.Equal(Decision.Denied, nobody.Decide(Verbs.Read, "default", ResourceKind.Model));
        Assert.False(nobody.Allows(Verbs.Read, "default", ResourceKind.Model, "m"));
        Assert.False(nobody.MayEnter("default"));
    }

    [Theory]
    [InlineData("allow *", Decision.Allowed)]
    [InlineData("allow * / deny x", Decision.DependsOnName)]
    [InlineData("allow x", Decision.DependsOnName)]
    [InlineData("allow * / deny *", Decision.Denied)]
    [InlineData("allow x / deny *", Decision.Denied)]
    [InlineData("deny x", Decision.Denied)]
    [InlineData("deny x / allow *", Decision.DependsOnName)]
    public void Before_the_name_is_known_the_rules_say_yes_no_or_that_it_depends(string rules, Decision expected) =>
        Assert.Equal(expected, Caller(rules).Decide(Verbs.Read, "w", ResourceKind.Model));

    [Theory]
    [InlineData("allow * / deny x", "x", false)]
    [InlineData("allow * / deny x", "y", true)]
    [InlineData("allow x / allow y", "y", true)]
    [InlineData("allow x / deny *", "x", false)]
    [InlineData("deny a* / allow ab", "ab", false)]
    public void A_denial_wins_whatever_the_order(string rules, string name, bool allowed) =>
        Assert.Equal(allowed, Caller(rules).Allows(Verbs.Read, "w", ResourceKind.Model, name));

    [Fact]
    public void Somebody_may_enter_where_something_is_left_of_what_is_allowed()
    {
        Grant reader = new(true, Verbs.Read, "*", "*", "*"), named = new(true, Verbs.Infer, "b", ResourceKind.Deployment, "churn");
        Grant notInB = new(false, Verbs.All, "b", "*", "*"), notModels = new(false, Verbs.All, "b", ResourceKind.Model, "*");
        Assert.True(new CallerIdentity("s", null, [reader]).MayEnter("b"));
        Assert.True(new CallerIdentity("s", null, [named]).MayEnter("b"));
        Assert.False(new CallerIdentity("s", null, [named]).MayEnter("a"));
        Assert.False(new CallerIdentity("s", null, [reader, notInB]).MayEnter("b"));
        Assert.True(new CallerIdentity("s", null, [reader, notInB]).MayEnter("a"));
        Assert.True(new CallerIdentity("s", null, [reader, notModels]).MayEnter("b"));
        Assert.False(new CallerIdentity("s", null, [notModels]).MayEnter("b"));
    }

    private static CallerIdentity Caller(string rules) => new("service:x", null,
        [.. rules.Split(" / ").Select(rule => rule.Split(' ')).Select(rule => new Grant(rule[0] == "allow", Verbs.All, "w", ResourceKind.Model, rule[1]))]);
}
