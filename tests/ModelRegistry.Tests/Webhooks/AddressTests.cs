using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;
using MlopsPlane.Web.Outbound;
using static MlopsPlane.ModelRegistry.Tests.Webhooks.WebhookCalls;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

/// <summary>Where deliveries must not go, on a product with its defaults.</summary>
public sealed class AddressTests(AllInOneOnSqlite plane) : IDisposable
{
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.9")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("100::1")]
    public void An_address_that_is_not_public_is_refused(string address) => Assert.False(Rule().Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void A_public_address_is_allowed(string address) => Assert.True(Rule().Allows(IPAddress.Parse(address)));

    [Fact]
    public void The_configuration_allows_networks_addresses_and_hosts()
    {
        var rule = Rule("10.1.0.0/16", "192.168.7.7", "fd00::/8", "Hooks.Internal");
        Assert.All(["10.1.2.3", "192.168.7.7", "fd12::1", "::ffff:10.1.0.1"], address => Assert.True(rule.Allows(IPAddress.Parse(address)), address));
        Assert.All(["10.2.0.1", "192.168.7.8", "fe80::1", "127.0.0.1"], address => Assert.False(rule.Allows(IPAddress.Parse(address)), address));
        Assert.True(rule.AllowsHost("hooks.internal."));
        Assert.False(rule.AllowsHost("evil.hooks.internal"));
        Assert.True(Rule("*.hooks.internal").AllowsHost("a.hooks.internal"));
        Assert.All(["hooks.internal", ".hooks.internal", "evilhooks.internal"], host => Assert.False(Rule("*.hooks.internal").AllowsHost(host), host));
    }

    [Theory]
    [InlineData("https://127.0.0.1/", "'127.0.0.1' resolves to 127.0.0.1.")]
    [InlineData("https://2130706433/", "'127.0.0.1' resolves to 127.0.0.1.")]
    [InlineData("https://0x7f.1/", "'127.0.0.1' resolves to 127.0.0.1.")]
    [InlineData("https://0177.0.0.1/", "'127.0.0.1' resolves to 127.0.0.1.")]
    [InlineData("https://169.254.169.254/latest/meta-data", "'169.254.169.254' resolves to 169.254.169.254.")]
    [InlineData("https://[::1]:8443/", "'::1' resolves to ::1.")]
    [InlineData("https://[::ffff:10.0.0.1]/", "'::ffff:10.0.0.1' resolves to ::ffff:10.0.0.1.")]
    [InlineData("https://localhost/", "'localhost' resolves to 127.0.0.1.")]
    [InlineData("https://LOCALHOST./", "'localhost' resolves to 127.0.0.1.")]
    [InlineData("https://a.localhost/", "'a.localhost' resolves to 127.0.0.1.")]
    public async Task A_webhook_with_a_private_address_is_refused(string url, string message)
    {
        await registry.InvalidAsync(HttpMethod.Post, "/webhooks", new { name = "h", url, events = Events("PROMPT.CREATED") },
            "Webhook URL must not resolve to a non-public IP address. " + message);
        var id = await registry.WebhookAsync("https://a.example.com", null, "PROMPT.CREATED");
        await registry.InvalidAsync(HttpMethod.Patch, $"/webhooks/{id}", new { url }, "Webhook URL must not resolve to a non-public IP address.");
    }

    [Fact]
    public async Task Only_https_is_spoken_unless_the_configuration_says_otherwise() =>
        await registry.InvalidAsync(HttpMethod.Post, "/webhooks", new { name = "h", url = "http://a.example.com", events = Events("PROMPT.CREATED") },
            "Invalid webhook URL scheme: 'http'. Allowed schemes are: https.");

    [Fact]
    public async Task A_name_that_resolves_to_a_private_address_is_refused_when_it_is_connected_to()
    {
        var name = Dns.GetHostName();
        if ((await Dns.GetHostAddressesAsync(name)).All(Rule().Allows))
            Assert.Skip($"{name} has public addresses only.");
        await using var receiver = await WebhookReceiver.StartAsync();
        var id = await registry.WebhookAsync($"https://{name}:{receiver.Port}/", null, "REGISTERED_MODEL.CREATED");
        var result = (await registry.PostAsync($"/webhooks/{id}/test", new { })).GetProperty("result");
        Assert.StartsWith("Failed to test webhook: The host resolves to ", result.Text("error_message"), StringComparison.Ordinal);
        await registry.CreateModelAsync("m");
        var delivery = Assert.Single(await registry.SettledAsync(id, 1));
        Assert.Equal(("failed", 1), (delivery.Text("status"), delivery.GetProperty("attempts").GetInt32()));
        Assert.EndsWith("which is not a public address.", delivery.Text("error"), StringComparison.Ordinal);
        Assert.Empty(receiver.All);
    }

    [Fact]
    public async Task A_host_that_is_allowed_by_name_may_lie_anywhere()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var folder = Directory.CreateTempSubdirectory("plane-hook-");
        using (var own = await PlaneProcess.StartAsync(folder.FullName, "--Webhooks:AllowHttp", "true", "--Webhooks:AllowedPrivateHosts:0", "localhost"))
        {
            using var made = await own.Http.PostAsJsonAsync("/api/2.0/mlflow/webhooks", new { name = "h", url = $"http://localhost:{receiver.Port}/", events = Events("REGISTERED_MODEL.CREATED") });
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
            using var refused = await own.Http.PostAsJsonAsync("/api/2.0/mlflow/webhooks", new { name = "h", url = $"http://127.0.0.1:{receiver.Port}/", events = Events("REGISTERED_MODEL.CREATED") });
            Assert.Equal("INVALID_PARAMETER_VALUE", (await refused.Content.ReadFromJsonAsync<JsonElement>()).Text("error_code"));
            using var model = await own.Http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/create", new { name = "m" });
            Assert.Equal("m", (await receiver.WaitAsync(1))[0].Data.Text("name"));
        }

        folder.Delete(recursive: true);
    }

    public void Dispose() => registry.Dispose();

    private static AddressRule Rule(params string[] allowed) => new(allowed);
}
