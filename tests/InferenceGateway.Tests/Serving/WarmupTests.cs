using System.Text.Json;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class WarmupTests(AllInOneOnSqlite plane) : IDisposable
{
    private readonly ServingWorld world = new(plane);

    [Fact]
    public async Task A_request_of_the_versions_own_files_warms_it_up_as_often_as_asked()
    {
        var name = await world.DeployFolderAsync(new { warmup = new { source = "file", file = "serving_input_example.json", count = 3 } });
        var statistics = JsonElement.Parse(await world.Http.GetStringAsync($"/v2/models/{name}/stats")).GetProperty("model_stats")[0];
        Assert.Equal((3, 0), (statistics.GetProperty("execution_count").GetInt32(), statistics.GetProperty("inference_count").GetInt32()));
    }

    [Theory]
    [InlineData("no-such.json", "no file 'no-such.json'")]
    [InlineData("MLmodel", "no request")]
    public async Task A_file_that_is_missing_or_no_request_fails_the_version_and_is_named(string file, string said)
    {
        var failed = await Assert.ThrowsAnyAsync<Exception>(() => world.DeployFolderAsync(new { warmup = new { source = "file", file } }));
        Assert.Contains(said, failed.Message.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(file, failed.Message, StringComparison.Ordinal);
    }

    public void Dispose() => world.Dispose();
}
