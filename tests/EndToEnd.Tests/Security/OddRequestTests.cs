using System.Net.Sockets;
using System.Text;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>Requests that no client library sends, written by hand.</summary>
public sealed class OddRequestTests(GuardedOnSqlite plane)
{
    private const string Path = "GET /api/v1/access/whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Key => $"Authorization: Bearer {plane.AdminKey}\r\n";

    [Fact]
    public async Task Two_credentials_of_the_standard_header_are_none()
    {
        Assert.Equal(200, await StatusAsync(Path + Key + "\r\n"));
        Assert.Equal(401, await StatusAsync(Path + Key + Key + "\r\n"));
        Assert.Equal(401, await StatusAsync(Path + Key + "Authorization: Bearer x\r\n\r\n"));
        Assert.Equal(401, await StatusAsync(Path + "Authorization: Bearer x\r\n" + Key + "\r\n"));
        Assert.Equal(401, await StatusAsync(Path + string.Concat(Enumerable.Repeat(Key, 50)) + "\r\n"));
        Assert.Equal(401, await StatusAsync(Path + $"Authorization: Bearer x, Bearer {plane.AdminKey}\r\n\r\n"));
        Assert.Equal(401, await StatusAsync(Path + $"X-Api-Key: {plane.AdminKey}\r\nX-Api-Key: {plane.AdminKey}\r\n\r\n"));
    }

    [Fact]
    public async Task Identity_headers_that_only_the_product_writes_make_nobody_of_a_client()
    {
        foreach (var header in (string[])["X-Plane-Identity: local", "X-Forwarded-User: admin", "X-Forwarded-For: 127.0.0.1", "Remote-User: admin", "X-Remote-User: admin"])
            Assert.Equal(401, await StatusAsync(Path + header + "\r\n\r\n"));
    }

    [Fact]
    public async Task Headers_beyond_the_limit_are_refused_before_anything_else()
    {
        Assert.Equal(401, await StatusAsync(Path + $"Authorization: Bearer {new string('x', 30_000)}\r\n\r\n"));
        Assert.Equal(431, await StatusAsync(Path + $"Authorization: Bearer {new string('x', 70_000)}\r\n\r\n"));
        Assert.Equal(431, await StatusAsync(Path + string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: y\r\n")) + "\r\n"));
        Assert.Equal(200, await StatusAsync(Path + Key + "\r\n"));
    }

    [Theory]
    [InlineData("Authorization: Bearer \u00e9\r\n")]
    [InlineData("Authorization: Basic ////\r\n")]
    [InlineData("Authorization: Basic AAAA\r\n")]
    [InlineData("Authorization: \u0001\r\n")]
    [InlineData("Authorization:\r\n")]
    [InlineData("Authorization: Bearer plane_\r\n")]
    [InlineData("Authorization: Negotiate oYG6MIG3\r\n")]
    public async Task What_is_no_credential_is_refused_and_never_a_failure(string header) =>
        Assert.Contains(await StatusAsync(Path + header + "\r\n"), (int[])[400, 401]);

    [Fact]
    public async Task A_request_that_never_ends_is_cut_off_and_keeps_nobody_waiting()
    {
        using var slow = await ConnectAsync();
        await slow.GetStream().WriteAsync(Encoding.Latin1.GetBytes("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: "), Ct);
        var begun = TimeProvider.System.GetTimestamp();
        Assert.Equal(200, await StatusAsync(Path + Key + "\r\n"));
        var answer = await new StreamReader(slow.GetStream(), Encoding.Latin1).ReadToEndAsync(Ct);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), answer);
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun).TotalSeconds, 10, 30);
    }

    [Fact]
    public async Task A_body_is_not_read_of_whom_nobody_knows()
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(
            "PUT /api/2.0/mlflow-artifacts/artifacts/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n"), Ct);
        var line = await new StreamReader(client.GetStream(), Encoding.Latin1).ReadLineAsync(Ct);
        Assert.StartsWith("HTTP/1.1 401", line, StringComparison.Ordinal);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(plane.Address.Host, plane.Address.Port, Ct);
        return client;
    }

    private async Task<int> StatusAsync(string request)
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), Ct);
        var line = await new StreamReader(client.GetStream(), Encoding.Latin1).ReadLineAsync(Ct);
        return int.Parse(line!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
