using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Operations;

/// <summary>An operator's requests about events, in one process.</summary>
public sealed class EventOperationTests(AllInOneOnSqlite plane)
{
    [Theory]
    [InlineData("GET", "/api/v1/events/inbox?limit=0", HttpStatusCode.BadRequest, "'limit' must be 1 to 1000.")]
    [InlineData("GET", "/api/v1/events/inbox?pageToken=rubbish", HttpStatusCode.BadRequest, "'pageToken' is not one that this server gave out.")]
    [InlineData("GET", "/api/v1/events/inbox?pageToken=e30", HttpStatusCode.BadRequest, "'pageToken' is not one that this server gave out.")]
    [InlineData("GET", "/api/v1/events/outbox/failed?limit=1001", HttpStatusCode.BadRequest, "'limit' must be 1 to 1000.")]
    [InlineData("GET", "/api/v1/events/inbox?consumer=nobody", HttpStatusCode.NotFound, "'consumer' must be one of tracker.workspaces,")]
    [InlineData("POST", "/api/v1/events/inbox/replay?consumer=nobody", HttpStatusCode.NotFound, "'consumer' must be one of")]
    [InlineData("POST", "/api/v1/events/inbox/skip?consumer=registry&aggregate=run:none", HttpStatusCode.NotFound, "registry holds nothing back of 'run:none'.")]
    [InlineData("POST", "/api/v1/events/inbox/skip?consumer=registry", HttpStatusCode.BadRequest, "aggregate")]
    [InlineData("POST", "/api/v1/events/outbox/skip?service=tracker&position=1", HttpStatusCode.NotFound, "tracker holds no parked event at position 1.")]
    [InlineData("POST", "/api/v1/events/outbox/skip?service=nobody&position=1", HttpStatusCode.NotFound, "'service' must be one of")]
    [InlineData("POST", "/api/v1/events/outbox/skip?service=tracker", HttpStatusCode.BadRequest, "position")]
    public async Task A_request_about_what_is_not_there_is_told_so(string method, string path, HttpStatusCode status, string says)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(says, JsonSerializer.Serialize((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_fails_the_lists_are_empty()
    {
        foreach (var (path, list) in new[] { ("inbox", "deliveries"), ("outbox/failed", "events") })
        {
            var page = await plane.Client.GetFromJsonAsync<JsonElement>("/api/v1/events/" + path);
            Assert.Empty(page.GetProperty(list).EnumerateArray());
            Assert.Equal(JsonValueKind.Null, page.GetProperty("nextPageToken").ValueKind);
        }

        Assert.Empty((await plane.Client.GetFromJsonAsync<JsonElement>("/api/v1/events/dead-letters")).EnumerateArray());
    }
}
