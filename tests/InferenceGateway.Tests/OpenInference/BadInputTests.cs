using System.Net;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.Batching;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference;

public sealed class BadInputTests(AllInOneOnSqlite plane) : IDisposable
{
    private readonly ServingWorld world = new(plane);

    [Theory]
    [InlineData("""{"inputs":[{"name":"nope","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""", "'nope'", "'x'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[1,2]}]}""", "'x'", "FP64", "FP32")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2]}]}""", "'x'", "[2]", "[-1,2]")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""", "'x'", "[1,3]", "[-1,2]")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":[1,2,3]}]}""", "'x'", "3 elements", "[2,2]")]
    [InlineData("""{"inputs":[{"name":"x","shape":[0,2],"datatype":"FP32","data":[]}]}""", "'x'", "1 or more")]
    [InlineData("""{"inputs":[{"name":"x","shape":[-1,2],"datatype":"FP32","data":[1,2]}]}""", "'x'", "shape")]
    [InlineData("""{"inputs":[{"name":"x","shape":[9223372036854775807,2],"datatype":"FP32","data":[1,2]}]}""", "'x'", "more elements")]
    [InlineData("""{"inputs":[{"name":"x","shape":[4611686018427387904,2],"datatype":"FP32","data":[1,2]}]}""", "'x'", "more elements")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2147483648,2],"datatype":"FP32","data":[1,2]}]}""", "'x'", "more elements")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2,3]}]}""", "'x'", "more elements than its shape, which has 2")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1.5,2],"datatype":"FP32","data":[1,2]}]}""", "'x'", "whole numbers")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[NaN,2]}]}""", "JSON")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":["NaN",2]}]}""", "'x'", "position 0", "FP32")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1e999,2]}]}""", "'x'", "position 0")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,null]}]}""", "'x'", "position 1")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":{"a":1}}]}""", "'x'", "array")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32"}]}""", "'x'", "data")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"data":[1,2]}]}""", "'x'", "'datatype'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","data":[1,2]}]}""", "'x'", "'shape'")]
    [InlineData("""{"inputs":[{"shape":[1,2],"datatype":"FP32","data":[1,2]}]}""", "'name'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]},{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""", "'x'", "twice")]
    [InlineData("""{"inputs":[]}""", "'x'", "missing")]
    [InlineData("""{"inputs":{}}""", "'inputs'", "array")]
    [InlineData("""{}""", "'inputs'")]
    [InlineData("""[]""", "object")]
    [InlineData("", "JSON")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2""", "JSON")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"z"}]}""", "'z'", "'y'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"parameters":{"priority":9}}""", "'priority'", "9")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"parameters":{"timeout":"soon"}}""", "'timeout'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"id":7}""", "'id'")]
    [InlineData("""{"inputs":[{"name":"x\ud800","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""", "Unicode")]
    public async Task A_request_that_does_not_fit_is_refused_with_the_field_and_the_rule(string body, params string[] said)
    {
        var name = await DeployedAsync();
        await world.RefusedAsync(name, body, HttpStatusCode.BadRequest, said);
        await world.InferAsync(name, ServingWorld.Floats("x", [1, 2], 1, 2));
    }

    [Fact]
    public async Task An_id_that_is_too_long_for_a_header_is_refused_and_null_is_as_good_as_nothing()
    {
        var name = await DeployedAsync();
        await world.RefusedAsync(name, $$"""{"id":"{{new string('a', 1025)}}","inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""", HttpStatusCode.BadRequest, "'id'", "1024");
        await world.RefusedAsync(name, $$"""{"inputs":[{"name":"{{new string('n', 5000)}}","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""", HttpStatusCode.BadRequest, new string('n', 100) + "...'");
        await world.InferAsync(name, """{"id":null,"parameters":null,"outputs":null,"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2],"parameters":null}]}""");
        await world.InferAsync(name, """{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"y","parameters":null}]}""");
        using var index = await world.Http.PostAsync("/v2/repository/index", new StringContent("{\"\\ud800\":1}", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, index.StatusCode);
    }

    [Theory]
    [InlineData("[2000000000,0]")]
    [InlineData("[2147483647,0]")]
    [InlineData("[1048577,0]")]
    public async Task A_tensor_without_elements_promises_no_more_rows_than_it_may(string shape)
    {
        var name = await world.DeployAsync("seqlen.onnx");
        await world.RefusedAsync(name, $$"""{"inputs":[{"name":"ids","shape":{{shape}},"datatype":"INT64","data":[]}]}""", HttpStatusCode.BadRequest, "'ids'", "no elements");
        var (status, body, response) = await world.PostAsync($"{name}/infer", """{"inputs":[{"name":"ids","shape":[1000,0],"datatype":"INT64","data":[]}]}""");
        response.Dispose();
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        Assert.Equal("[1000,0]", body.GetProperty("outputs")[0].GetProperty("shape").GetRawText());
    }

    [Theory]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":16}}]}""", null, "binary_data_size", "16")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":4}}]}""", null, "4 bytes more")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":-1}}]}""", null, "binary_data_size")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2],"parameters":{"binary_data_size":8}}]}""", null, "both")]
    [InlineData("{}", 100000, "100000")]
    [InlineData("{}", -5, "Inference-Header-Content-Length")]
    public async Task A_binary_body_whose_lengths_do_not_fit_is_refused(string header, int? length, params string[] said)
    {
        var name = await DeployedAsync();
        using var response = await world.PostBinaryAsync(name, header, new byte[8], length);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var message = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error").GetString()!;
        Assert.All(said, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_raw_body_of_a_wrong_size_is_refused()
    {
        var name = await DeployedAsync();
        using var response = await world.PostBinaryAsync(name, "", new byte[7], headerLength: 0);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_is_refused()
    {
        var name = await world.DeployAsync("identity-string.onnx");
        using var response = await world.PostBinaryAsync(name,
            """{"inputs":[{"name":"x","shape":[1,1],"datatype":"BYTES","parameters":{"binary_data_size":6}}]}""", [2, 0, 0, 0, 0xff, 0xfe]);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await world.RefusedAsync(name, """{"inputs":[{"name":"x","shape":[1,2],"datatype":"BYTES","data":["\ud800","a"]}]}""", HttpStatusCode.BadRequest, "Unicode");
    }

    [Fact]
    public async Task An_unknown_model_and_an_unknown_version_are_not_found()
    {
        var name = await DeployedAsync();
        await world.RefusedAsync("absent", ServingWorld.Floats("x", [1, 2], 1, 2), HttpStatusCode.NotFound, "'absent'");
        await world.RefusedAsync($"{name}/versions/7", ServingWorld.Floats("x", [1, 2], 1, 2), HttpStatusCode.NotFound, "'7'");
        await world.InferAsync($"{name}/versions/1", ServingWorld.Floats("x", [1, 2], 1, 2));
    }

    [Fact]
    public async Task A_run_that_fails_names_the_model_and_the_node()
    {
        var name = await world.DeployAsync("gather.onnx");
        await world.RefusedAsync(name, """{"inputs":[{"name":"i","shape":[1],"datatype":"INT64","data":[99]}]}""", HttpStatusCode.BadRequest, name, "pick_row");
        await world.InferAsync(name, """{"inputs":[{"name":"i","shape":[1],"datatype":"INT64","data":[3]}]}""");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_before_it_is_read()
    {
        await using var small = await ModelStore.PlaneWith.StartAsync(("Serving:MaxBodyBytes", "2000"));
        using var own = new ServingWorld(small);
        var name = await own.DeployAsync("identity-fp32.onnx");
        await own.InferAsync(name, ServingWorld.Floats("x", [1, 2], 1, 2));
        await own.RefusedAsync(name, ServingWorld.Floats("x", [1000, 2], new float[2000]), HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_full_queue_and_a_passed_deadline_are_503()
    {
        var name = await world.DeployAsync("add-constant.onnx", new { batching = new { maxBatch = 100, maxDelayMs = 1000, queue = 1 } });
        var first = world.InferAsync(name, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
        var refused = false;
        while (!first.IsCompleted && !refused)
        {
            var (status, answer, response) = await world.PostAsync($"{name}/infer", ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
            refused = status == HttpStatusCode.ServiceUnavailable;
            if (refused)
            {
                Assert.Contains("full", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
                Assert.Equal(1, response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
            }

            response.Dispose();
        }

        Assert.True(refused);
        await first;
        // Behind a request of another shape that waits for more.
        var held = await world.DeployAsync("seqlen.onnx", new { batching = new { maxBatch = 100, maxDelayMs = 1000 } });
        var waits = world.InferAsync(held, """{"inputs":[{"name":"ids","shape":[1,2],"datatype":"INT64","data":[1,2]}]}""");
        var (late, told) = (false, "");
        while (!waits.IsCompleted && !late)
        {
            var (status, answer, response) = await world.PostAsync($"{held}/infer", """{"parameters":{"timeout":20000},"inputs":[{"name":"ids","shape":[1,3],"datatype":"INT64","data":[1,2,3]}]}""");
            response.Dispose();
            (late, told) = (status == HttpStatusCode.ServiceUnavailable, answer.GetRawText());
        }

        Assert.True(late, told);
        Assert.Contains("timeout", told, StringComparison.Ordinal);
        await waits;
    }

    [Theory]
    [InlineData("generate")]
    [InlineData("generate_stream")]
    public async Task Text_generation_is_not_here_yet(string verb)
    {
        var (status, answer, response) = await world.PostAsync($"any/{verb}", new { text_input = "x" });
        response.Dispose();
        Assert.Equal(HttpStatusCode.NotImplemented, status);
        Assert.Contains("infer", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private async Task<string> DeployedAsync() => await world.DeployAsync("identity-fp32.onnx");

    public void Dispose() => world.Dispose();
}
