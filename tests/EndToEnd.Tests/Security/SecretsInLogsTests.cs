using System.Net.Http.Headers;
using System.Text;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>Nothing that is written anywhere holds a secret, at the most talkative settings and from the clumsiest clients.</summary>
public sealed class SecretsInLogsTests : IDisposable
{
    private const string ClusterSecret = "a-cluster-secret-that-must-not-be-seen-anywhere";
    private const string Token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJhbGljZSIsImF1ZCI6InBsYW5lIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-logs-");

    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    public async Task No_key_no_token_and_no_cluster_secret_is_in_the_output_or_the_databases(string format)
    {
        string[] talkative =
        [
            "--Logging:Format", format, "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft", "Trace", "--Logging:LogLevel:System", "Trace",
            "--Logging:LogLevel:Microsoft.AspNetCore", "Trace", "--Logging:LogLevel:Microsoft.AspNetCore.Hosting", "Trace",
            "--Logging:LogLevel:Microsoft.EntityFrameworkCore.Database", "Trace", "--Logging:LogLevel:Microsoft.EntityFrameworkCore.Database.Command", "Trace",
        ];
        using var plane = await OpenProcess.StartAsync(
            ["--data", folder.FullName, "--urls", "http://127.0.0.1:0", "--Identity:Required", "true", "--Identity:ClusterSecret", ClusterSecret, .. talkative]);
        var shown = plane.Output.Split('\n').Single(line => line.StartsWith("export MLFLOW_TRACKING_TOKEN=", StringComparison.Ordinal)).Trim();
        var admin = shown["export MLFLOW_TRACKING_TOKEN=".Length..];
        string key;
        using (var owner = plane.Client(admin))
        {
            await owner.DoneAsync("POST", "/api/v1/access/service-accounts", new { name = "clumsy" });
            key = (await owner.DoneAsync("POST", "/api/v1/access/keys", new { owner = "service:clumsy" })).Text("key");
        }

        foreach (var secret in (string[])[key, Token])
            await UseEverywhereAsync(plane, secret);
        await plane.StopAsync();

        // The settings do what they are meant to: requests are told in full.
        Assert.Contains("Request starting HTTP/1.1 GET", plane.Output, StringComparison.Ordinal);
        var output = plane.Output.Replace(shown, "", StringComparison.Ordinal);
        foreach (var secret in (string[])[SecretOf(admin), SecretOf(key), Token.Split('.')[1], Token.Split('.')[2], ClusterSecret, Basic(key), Basic(admin)])
        {
            var at = output.IndexOf(secret, StringComparison.Ordinal);
            Assert.True(at < 0, at < 0 ? "" : $"The output holds a secret: {output[Math.Max(0, at - 300)..Math.Min(output.Length, at + 100)]}");
            foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
                Assert.False(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file.FullName)).Contains(secret, StringComparison.Ordinal), $"{file.Name} holds a secret.");
        }

        // What may be seen says which key to revoke.
        Assert.Contains(key[..14], output, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>In its proper places, and in those where people put it by mistake.</summary>
    private static async Task UseEverywhereAsync(OpenProcess plane, string secret)
    {
        foreach (var header in (AuthenticationHeaderValue[])[new("Bearer", secret), new("Basic", Basic(secret)), new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(secret + ":"))), new("Digest", secret)])
        {
            using var client = plane.Client();
            client.DefaultRequestHeaders.Authorization = header;
            await client.CallAsync("GET", "/api/v1/access/whoami");
            await client.CallAsync("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0");
        }

        using var clumsy = plane.Client(secret);
        clumsy.DefaultRequestHeaders.Add("X-Api-Key", secret);
        clumsy.DefaultRequestHeaders.Add("X-Plane-Identity", secret);
        clumsy.DefaultRequestHeaders.Add("Cookie", $"key={secret}");
        foreach (var path in (string[])[$"/?key={secret}", $"/{secret}", $"/api/v1/access/keys/{secret}", $"/api/v1/access/permissions?key={secret}", $"/w/{secret}/livez",
            $"/api/2.0/mlflow/experiments/get-by-name?experiment_name={secret}", $"/livez?token={secret}", $"/api/2.0/mlflow-artifacts/artifacts/{secret}"])
        {
            await clumsy.CallAsync("GET", path);
            await clumsy.CallAsync("DELETE", path);
        }

        using var nobody = plane.Client();
        await nobody.CallAsync("GET", $"/api/v1/access/whoami?access_token={secret}");
        await nobody.CallAsync("POST", "/api/v1/access/keys", new { owner = secret });
        nobody.DefaultRequestHeaders.TryAddWithoutValidation("X-MLFLOW-WORKSPACE", secret);
        await nobody.CallAsync("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0");
    }

    private static string Basic(string secret) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"user:{secret}"));

    private static string SecretOf(string key) => key[15..];
}
