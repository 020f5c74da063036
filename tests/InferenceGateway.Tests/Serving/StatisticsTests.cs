using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class StatisticsTests(AllInOneOnSqlite plane) : IDisposable
{
    private readonly ServingWorld world = new(plane);

    [Theory]
    [InlineData("add-constant.onnx", "FP32", 4)]
    [InlineData("identity-string.onnx", "BYTES", 2)]
    public async Task The_time_of_a_run_is_told_in_three_parts_for_each_request_that_ran(string file, string datatype, int width)
    {
        var name = await world.DeployAsync(file);
        object data = datatype == "BYTES" ? new[] { "a", "b" } : new[] { 1, 2, 3, 4 };
        var took = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 3; i++)
            await world.InferAsync(name, new { inputs = new[] { new { name = "x", shape = new[] { 1, width }, datatype, data } } });
        var most = (long)TimeProvider.System.GetElapsedTime(took).TotalNanoseconds;
        var told = JsonElement.Parse(await world.Http.GetStringAsync($"/v2/models/{name}/stats")).GetProperty("model_stats")[0].GetProperty("inference_stats");
        var sum = 0L;
        foreach (var part in (string[])["queue", "compute_input", "compute_infer", "compute_output"])
        {
            Assert.Equal(3, told.GetProperty(part).GetProperty("count").GetInt64());
            var nanoseconds = told.GetProperty(part).GetProperty("ns").GetInt64();
            Assert.InRange(nanoseconds, part == "queue" ? 0 : 1, most);
            sum += nanoseconds;
        }

        Assert.InRange(sum, 1, told.GetProperty("success").GetProperty("ns").GetInt64());
    }

    public void Dispose() => world.Dispose();
}
