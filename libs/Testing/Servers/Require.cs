using Xunit;

namespace MlopsPlane.Testing.Servers;

/// <summary>A server that is missing is a visible skip on a laptop and a failure where <c>CI=true</c>.</summary>
public static class Require
{
    internal const string Postgres = "PostgreSQL: set PLANE_TEST_POSTGRES or install its server.";

    public static async Task<PostgresServer> PostgresAsync()
    {
        var server = await PostgresServer.SharedAsync();
        if (server is null)
            Missing(Postgres);
        return server!;
    }

    public static async Task<S3Server> S3Async()
    {
        var server = await S3Server.StartAsync();
        if (server is null)
            Missing("s3rver: run npm ci.");
        return server!;
    }

    public static void Missing(string what)
    {
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            Assert.Fail($"CI must have {what}");
        Assert.Skip($"Missing {what}");
    }
}
