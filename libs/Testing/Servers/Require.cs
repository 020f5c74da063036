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

    public static async Task<RabbitServer> RabbitAsync()
    {
        var server = await RabbitServer.SharedAsync();
        if (server is null)
            Missing("RabbitMQ: set PLANE_TEST_RABBITMQ or install rabbitmq-server.");
        return server!;
    }

    /// <summary>A broker of the caller's own, to be stopped and killed.</summary>
    public static async Task<RabbitServer> OwnRabbitAsync()
    {
        var server = await RabbitServer.StartAsync();
        if (server is null)
            Missing("RabbitMQ's own binaries: install rabbitmq-server.");
        return server!;
    }

    /// <summary>A PostgreSQL of the caller's own that keeps fsync on.</summary>
    public static async Task<PostgresServer> OwnPostgresAsync()
    {
        var server = await PostgresServer.StartAsync(durable: true);
        if (server is null)
            Missing("PostgreSQL's own binaries: install its server.");
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
