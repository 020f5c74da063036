using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MlopsPlane.ModelRegistry.Webhooks;
using MlopsPlane.ModelRegistry.Webhooks.Secrets;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;
using static MlopsPlane.ModelRegistry.Tests.Webhooks.WebhookCalls;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

public sealed class SecretTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-secret-");

    [Fact]
    public async Task A_secret_is_in_no_file_no_answer_and_no_log()
    {
        var secret = "wh-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var path = "token-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (one, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var answers = new StringBuilder();
        string log;
        using (var plane = await PlaneProcess.StartAsync(
            folder.FullName, "--Webhooks:AllowHttp", "true", "--Webhooks:AllowedPrivateHosts:0", "127.0.0.0/8", "--Webhooks:RetrySeconds", "0.05", "--Webhooks:MaxAttempts", "2",
            "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft", "Trace", "--Logging:LogLevel:System", "Trace"))
        {
            var made = await SendAsync(HttpMethod.Post, "webhooks", new { name = "h", url = $"{receiver.Url}/{path}", events = Events("REGISTERED_MODEL.CREATED"), secret });
            var id = made.GetProperty("webhook").Text("webhook_id");
            await SendAsync(HttpMethod.Patch, $"webhooks/{id}", new { secret = secret + "2" });
            await SendAsync(HttpMethod.Get, $"webhooks/{id}", null);
            await SendAsync(HttpMethod.Get, "webhooks", null);
            await SendAsync(HttpMethod.Post, $"webhooks/{id}/test", new { });
            await SendAsync(HttpMethod.Post, "registered-models/create", new { name = "m" });
            await receiver.WaitAsync(3, "/" + path);
            answers.Append(await plane.Http.GetStringAsync($"/api/v1/registry/webhooks/{id}/deliveries"));
            answers.Append(await plane.Http.GetStringAsync("/metrics"));
            Assert.Equal(0, await plane.StopAsync());
            log = plane.Output;

            async Task<JsonElement> SendAsync(HttpMethod method, string operation, object? body)
            {
                using var request = new HttpRequestMessage(method, "/api/2.0/mlflow/" + operation) { Content = body is null ? null : JsonContent.Create(body) };
                using var response = await plane.Http.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                Assert.True(response.IsSuccessStatusCode, text);
                answers.Append(text);
                return JsonSerializer.Deserialize<JsonElement>(text);
            }
        }

        Assert.DoesNotContain(secret, answers.ToString(), StringComparison.Ordinal);
        Assert.Contains("was given up after 2 attempts", log, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        Assert.DoesNotContain(path, log, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(folder.FullName))
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)));
        var key = Path.Combine(folder.FullName, "webhooks.key");
        Assert.NotNull(WebhookKey.Parse(await File.ReadAllTextAsync(key)));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public void A_secret_opens_with_its_key_for_its_webhook_only()
    {
        var secrets = new WebhookSecrets(Key(new WebhookOptions { SecretKey = NewKey() }, mayMake: false));
        var sealedSecret = secrets.Protect("one", "sécret");
        Assert.Equal("sécret", Encoding.UTF8.GetString(secrets.Reveal("one", sealedSecret)!));
        Assert.NotEqual(sealedSecret, secrets.Protect("one", "sécret"));
        Assert.Null(secrets.Reveal("other", sealedSecret));
        Assert.Null(new WebhookSecrets(Key(new WebhookOptions { SecretKey = NewKey() }, mayMake: false)).Reveal("one", sealedSecret));
        Assert.Null(new WebhookSecrets(Key(new WebhookOptions(), mayMake: false)).Reveal("one", sealedSecret));
        sealedSecret[^1] ^= 1;
        Assert.Null(secrets.Reveal("one", sealedSecret));
        Assert.Null(secrets.Reveal("one", [1, 2, 3]));
    }

    [Fact]
    public void Replicas_are_given_their_key_and_make_none()
    {
        var refused = Assert.Throws<PlaneException>(() => Key(new WebhookOptions(), mayMake: false).Take());
        Assert.Equal(400, refused.Error.Status);
        Assert.Contains("neither Webhooks:SecretKey nor Webhooks:SecretKeyFile is configured", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.FullName));
        var file = Path.Combine(folder.FullName, "mounted");
        File.WriteAllText(file, NewKey() + "\n");
        Assert.Equal(WebhookKey.Length, Key(new WebhookOptions { SecretKeyFile = file }, mayMake: false).Take().Length);
    }

    [Fact]
    public void A_process_with_its_own_data_makes_one_key_and_keeps_it()
    {
        Assert.False(Key(new WebhookOptions(), mayMake: true).TryGet(out _));
        var made = Key(new WebhookOptions(), mayMake: true).Take();
        Assert.Equal(made, Key(new WebhookOptions(), mayMake: true).Take());
        Assert.True(Key(new WebhookOptions(), mayMake: true).TryGet(out var found));
        Assert.Equal(made, found);
    }

    [Fact]
    public void Options_that_make_no_sense_are_named()
    {
        var options = new WebhookOptions { SecretKey = "short", SecretKeyFile = "/none" };
        options.AllowedPrivateHosts.Add("10.0.0.0/99");
        var faults = new WebhookOptionsCheck().Validate(null, options).Failures!.ToList();
        Assert.Equal(3, faults.Count);
        Assert.Contains("Webhooks:SecretKey must be 32 bytes in base64.", faults);
        Assert.Contains("Webhooks:AllowedPrivateHosts: '10.0.0.0/99' is no network.", faults);
        Assert.Contains("Webhooks:SecretKeyFile must name a readable file", Assert.Single(new WebhookOptionsCheck().Validate(null, new WebhookOptions { SecretKeyFile = "/none" }).Failures!), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(WebhookKey.Length));

    private WebhookKey Key(WebhookOptions options, bool mayMake) =>
        new(Options.Create(options), Options.Create(new DatabaseOptions { DataFolder = folder.FullName }), mayMake);
}
