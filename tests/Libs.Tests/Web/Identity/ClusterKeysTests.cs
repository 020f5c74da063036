using Microsoft.Extensions.Options;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Identity.Tokens;

namespace MlopsPlane.Libs.Tests.Web.Identity;

public sealed class ClusterKeysTests : IDisposable
{
    private static readonly string Old = new('o', 32);
    private static readonly string New = new('n', 32);
    private readonly SteppedClock clock = new();
    private readonly string file = Path.GetTempFileName();

    [Fact]
    public void Every_service_and_every_hour_has_a_key_of_its_own()
    {
        var keys = Of(new IdentityOptions { ClusterSecret = Old });
        var first = keys.Signing("registry");
        Assert.Equal(32, first.Length);
        Assert.NotEqual(first, keys.Signing("tracker"));
        Assert.Contains(first, keys.Verifying("registry"));
        Assert.DoesNotContain(first, keys.Verifying("tracker"));
        clock.Move(TimeSpan.FromHours(1));
        Assert.NotEqual(first, keys.Signing("registry"));
        Assert.Contains(first, keys.Verifying("registry"));
        clock.Move(TimeSpan.FromHours(1));
        Assert.DoesNotContain(first, keys.Verifying("registry"));
    }

    [Fact]
    public void A_secret_is_rotated_in_a_file_without_a_moment_in_which_tokens_are_refused()
    {
        File.WriteAllText(file, Old);
        var (edge, service) = (FromFile(), FromFile());
        var before = edge.Signing("registry");
        // First everybody learns the new one, then it signs, then the old one goes.
        Write(service, $"{Old}\n{New}\n");
        Assert.Contains(before, service.Verifying("registry"));
        Write(edge, $"{New}\n{Old}\n");
        var after = edge.Signing("registry");
        Assert.NotEqual(before, after);
        Assert.Contains(after, service.Verifying("registry"));
        Write(service, New);
        Assert.Contains(after, service.Verifying("registry"));
        Assert.DoesNotContain(before, service.Verifying("registry"));
    }

    [Fact]
    public void A_file_that_is_empty_or_gone_for_a_moment_changes_nothing()
    {
        File.WriteAllText(file, Old);
        var keys = FromFile();
        var before = keys.Signing("registry");
        Write(keys, "");
        Assert.Equal(before, keys.Signing("registry"));
        Write(keys, "too short\n");
        Assert.Equal(before, keys.Signing("registry"));
        File.Delete(file);
        clock.Move(TimeSpan.FromSeconds(11));
        Assert.Equal(before, keys.Signing("registry"));
    }

    [Fact]
    public void A_secret_that_is_too_short_or_a_file_without_one_is_refused_at_the_start()
    {
        Assert.Contains("32 characters", ClusterKeys.Refusal(new IdentityOptions { ClusterSecret = new string('x', 31) }), StringComparison.Ordinal);
        Assert.Null(ClusterKeys.Refusal(new IdentityOptions { ClusterSecret = Old }));
        Assert.Null(ClusterKeys.Refusal(new IdentityOptions()));
        Assert.NotNull(ClusterKeys.Refusal(new IdentityOptions { ClusterSecretFile = file + ".none" }));
        File.WriteAllText(file, "short\n");
        Assert.NotNull(ClusterKeys.Refusal(new IdentityOptions { ClusterSecretFile = file }));
        File.WriteAllText(file, "short\n  " + Old + "  \n");
        Assert.Null(ClusterKeys.Refusal(new IdentityOptions { ClusterSecretFile = file }));
    }

    public void Dispose() => File.Delete(file);

    private void Write(ClusterKeys reader, string text)
    {
        File.WriteAllText(file, text);
        clock.Move(TimeSpan.FromSeconds(11));
        _ = reader.Signing("registry");
    }

    private ClusterKeys FromFile() => Of(new IdentityOptions { ClusterSecretFile = file });

    private ClusterKeys Of(IdentityOptions options)
    {
        var keys = new ClusterKeys(Options.Create(options), clock);
        _ = keys.Signing("registry");
        return keys;
    }
}
