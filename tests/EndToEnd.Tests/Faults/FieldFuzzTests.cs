using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Faults;

/// <summary>Every field of every described operation, hostile one at a time while the rest of the request is in order.</summary>
public abstract class FieldFuzzTests(PlaneFixture plane)
{
    private const int Seed = 20261126;
    private const int ValuesPerField = 14;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_field_turns_a_request_that_is_in_order_into_a_server_error()
    {
        using var client = plane.NewClient(PlaneFixture.FreshWorkspace());
        var cases = await DescribedOperations.ReadAsync(client, await WorldAsync(client), Ct);
        var random = new Random(Seed);
        var broken = new List<string>();
        var accepted = 0;
        // What ends or renames things comes last, so that the others still find them.
        foreach (var one in cases.OrderBy(Ends))
        {
            var values = HostileInputs.AlwaysTried.Concat(random.GetItems(HostileInputs.Values, ValuesPerField)).Distinct(StringComparer.Ordinal);
            foreach (var value in values)
            {
                using var request = Request(one, value);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
                accepted += response.IsSuccessStatusCode ? 1 : 0;
                if (response.StatusCode >= HttpStatusCode.InternalServerError && response.StatusCode != HttpStatusCode.NotImplemented
                    && !await FuzzTests.IsNamedStateErrorAsync(response))
                    broken.Add($"{(int)response.StatusCode} {one.Method} {one.Path} {one.Field} = {value}");
            }
        }

        Assert.True(cases.Count > 200, $"only {cases.Count} fields are described");
        Assert.True(accepted > cases.Count, $"only {accepted} requests got through: their other fields are not in order");
        Assert.True(broken.Count == 0, string.Join('\n', broken.Take(40)));
    }

    private static bool Ends(FieldCase one) => one.Method == "DELETE"
        || one.Path.Contains("delete", StringComparison.Ordinal) || one.Path.Contains("rename", StringComparison.Ordinal) || one.Path.EndsWith("/update", StringComparison.Ordinal);

    private static HttpRequestMessage Request(FieldCase one, string value)
    {
        if (one.InQuery)
            return new HttpRequestMessage(new HttpMethod(one.Method), one.Path + one.With(HostileInputs.Unquoted(value)));
        return new HttpRequestMessage(new HttpMethod(one.Method), one.Path) { Content = new StringContent(one.With(value), Encoding.UTF8, "application/json") };
    }

    /// <summary>Things that exist, so that requests about them go all the way.</summary>
    private static async Task<Dictionary<string, string>> WorldAsync(HttpClient client)
    {
        var run = await PostAsync(client, "runs/create", new { experiment_id = "0" });
        var runId = run.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
        var model = await PostAsync(client, "logged-models", new { experiment_id = "0", name = "m" });
        var modelId = model.GetProperty("model").GetProperty("info").GetProperty("model_id").GetString()!;
        await PostAsync(client, "registered-models/create", new { name = "m" });
        await PostAsync(client, "model-versions/create", new { name = "m", source = "s3://b/m" });
        object[] events = [new { entity = "PROMPT", action = "CREATED" }];
        var webhook = await PostAsync(client, "webhooks", new { name = "h", url = "https://a.example.com", events });
        return new(StringComparer.Ordinal)
        {
            ["webhookId"] = webhook.GetProperty("webhook").GetProperty("webhook_id").GetString()!,
            ["url"] = "https://a.example.com",
            ["experiment_id"] = "0",
            ["experimentId"] = "0",
            ["run_id"] = runId,
            ["run_uuid"] = runId,
            ["runId"] = runId,
            ["model_id"] = modelId,
            ["modelId"] = modelId,
            ["name"] = "m",
            ["model"] = "m",
            ["version"] = "1",
            ["source"] = "s3://b/m",
            ["filter"] = "",
            ["page_token"] = "",
            ["order_by"] = "name",
            ["artifact_location"] = "s3://b/root",
        };
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }
}

public sealed class FieldFuzzOnSqlite(AllInOneOnSqlite plane) : FieldFuzzTests(plane);

public sealed class FieldFuzzOnPostgres(AllInOneOnPostgres plane) : FieldFuzzTests(plane);
