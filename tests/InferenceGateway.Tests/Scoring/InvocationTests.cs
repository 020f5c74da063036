using System.Net;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.Batching;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Scoring;

public sealed class InvocationTests(AllInOneOnSqlite plane) : IDisposable
{
    private const string Columns = """["sepal_length","sepal_width","petal_length","petal_width"]""";
    private readonly ServingWorld world = new(plane);

    [Fact]
    public async Task Each_format_gives_the_same_answer_to_the_same_rows()
    {
        var name = await world.DeployFolderAsync();
        await using var raw = new LoadedModel("linear.onnx");
        var item = raw.Item(([2, 4], LoadedModel.Bytes(5.1f, 3.5f, 1.4f, 0.2f, 6f, 2.9f, 4.3f, 1.3f)));
        Assert.Null(await raw.RunAsync(item));
        var values = LoadedModel.Values<float>(item.Outputs[0]);
        string[] same =
        [
            $$$"""{"dataframe_split":{"columns":{{{Columns}}},"data":[[5.1,3.5,1.4,0.2],[6,2.9,4.3,1.3]]}}""",
            """{"dataframe_split":{"index":[7,8],"data":[[0.2,1.4,3.5,5.1,"x"],[1.3,4.3,2.9,6,null]],"columns":["petal_width","petal_length","sepal_width","sepal_length","species"]}}""",
            """{"dataframe_records":[{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2},{"petal_width":1.3,"petal_length":4.3,"sepal_width":2.9,"sepal_length":6}]}""",
            """{"instances":[{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2},{"sepal_length":6,"sepal_width":2.9,"petal_length":4.3,"petal_width":1.3}]}""",
            """{"instances":[[5.1,3.5,1.4,0.2],[6,2.9,4.3,1.3]]}""",
            """{"inputs":{"petal_width":[0.2,1.3],"sepal_length":[5.1,6.0],"sepal_width":[3.5,2.9],"petal_length":[1.4,4.3]},"params":{"any":1},"client_request_id":"x"}""",
            """{"inputs":[[5.1,3.5,1.4,0.2],[6,2.9,4.3,1.3]],"params":null}""",
        ];
        foreach (var body in same)
            Assert.Equal(values, Values(await world.PredictAsync(name, body)));
        Assert.Equal(values, Values(await world.PredictAsync(name, "\ufeff,petal_width,petal_length,sepal_width,sepal_length\n0,0.2,1.4,3.5,5.1\r\n1,1.3,4.3,\"2.9\",6\n", "text/csv")));
        Assert.Equal(values, Values(await world.PredictAsync(name, same[0], "application/json; charset=UTF-8")));
    }

    [Fact]
    public async Task Rows_of_a_data_frame_get_a_record_each_and_tensors_a_list_for_each_output()
    {
        var (frame, tensors) = (await world.DeployFolderAsync(), await world.DeployAsync("addsub.onnx"));
        using var records = JsonDocument.Parse(await world.PredictAsync(frame, $$$"""{"dataframe_split":{"columns":{{{Columns}}},"data":[[1,2,3,4],[1,2,3,4]]}}"""));
        Assert.All(records.RootElement.EnumerateArray(), record => Assert.Equal("y", Assert.Single(record.EnumerateObject()).Name));
        Assert.Equal((2, 3), (records.RootElement.GetArrayLength(), records.RootElement[0].GetProperty("y").GetArrayLength()));
        var row = string.Join(',', Enumerable.Range(0, 16));
        var zeros = string.Join(',', Enumerable.Repeat(0, 16));
        var sums = string.Join(',', Enumerable.Range(0, 16).Select(i => i * 2));
        Assert.Equal($$$"""{"OUTPUT0":[[{{{sums}}}]],"OUTPUT1":[[{{{zeros}}}]]}""", await world.PredictAsync(tensors, $$$"""{"inputs":{"INPUT0":[[{{{row}}}]],"INPUT1":[[{{{row}}}]]}}"""));
        Assert.Equal($$$"""{"OUTPUT0":[[{{{sums}}}]],"OUTPUT1":[[{{{zeros}}}]]}""", await world.PredictAsync(tensors, $$$"""{"instances":[{"INPUT1":[{{{row}}}],"INPUT0":[{{{row}}}]}]}"""));
        Assert.Equal($$$"""[{"OUTPUT0":[{{{sums}}}],"OUTPUT1":[{{{zeros}}}]}]""", await world.PredictAsync(tensors, $$$"""{"dataframe_records":[{"INPUT1":[{{{row}}}],"INPUT0":[{{{row}}}]}]}"""));
    }

    [Fact]
    public async Task A_model_with_an_input_for_each_column_gets_the_columns_by_name()
    {
        var name = await world.DeployAsync("columns.onnx");
        const string answer = """[{"sum":30.5,"who":"a \"b\""},{"sum":3,"who":"c"}]""";
        var split = await world.PredictAsync(name, """{"dataframe_split":{"columns":["name","age","score"],"data":[["a \"b\"",30,0.5],["c",2.0,1]]}}""");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(answer), JsonElement.Parse(split)), split);
        Assert.Equal(split, await world.PredictAsync(name, "score,name,age,more\n0.5,\"a \"\"b\"\"\",30,x\n1,c,2,\n", "text/csv"));
        Assert.Equal("""{"sum":[[30.5]],"who":[["x"]]}""", await world.PredictAsync(name, """{"inputs":{"score":[[0.5]],"age":[[30]],"name":[["x"]]}}"""));
    }

    [Fact]
    public async Task Without_a_signature_the_columns_of_the_request_are_the_row()
    {
        var name = await world.DeployAsync("linear.onnx");
        var split = Values(await world.PredictAsync(name, """{"dataframe_split":{"columns":["d","a","b","c"],"data":[[1,2,3,4]]}}"""));
        Assert.Equal(split, Values(await world.PredictAsync(name, """{"dataframe_split":{"data":[[1,2,3,4]]}}""")));
        Assert.Equal(split, Values(await world.PredictAsync(name, """{"dataframe_records":[{"d":1,"a":2,"b":3,"c":4}]}""")));
        Assert.Equal(split, Values(await world.PredictAsync(name, """{"dataframe_records":[{"x":[1,2,3,4]}]}""")));
        Assert.Equal(split, Values(await world.PredictAsync(name, """{"inputs":{"x":[[1,2,3,4]]}}""")));
        Assert.Equal(split, Values(await world.PredictAsync(name, """{"instances":[[1,2,3,4]]}""")));
        Assert.Equal(split, Values(await world.PredictAsync(name, "d,a,b,c\n1,2,3,4", "text/csv")));
    }

    [Fact]
    public async Task What_is_missing_of_a_float_column_is_NaN_and_comes_back_as_null()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        Assert.Equal("[{\"y\":[null,1.5]}]", await world.PredictAsync(name, """{"dataframe_split":{"columns":["a","b"],"data":[[null,1.5]]}}"""));
        Assert.Equal("[{\"y\":[null,1.5]}]", await world.PredictAsync(name, "a,b\n,1.5\n", "text/csv"));
        Assert.Equal("{\"y\":[[null,1.5]]}", await world.PredictAsync(name, """{"inputs":[[null,1.5]]}"""));
    }

    [Fact]
    public async Task Sixteen_bit_floats_are_plain_numbers()
    {
        foreach (var type in new[] { "fp16", "bf16" })
            Assert.Equal("{\"y\":[[1.5,-2]]}", await world.PredictAsync(await world.DeployAsync($"identity-{type}.onnx"), """{"instances":[[1.5,-2]]}"""));
    }

    [Theory]
    [InlineData("int64", "9007199254740993,-9223372036854775808", "9007199254740993,-9223372036854775808")]
    [InlineData("uint64", "18446744073709551615,3.0", "18446744073709551615,3")]
    [InlineData("int8", "-128,127", "-128,127")]
    [InlineData("fp64", "1e300,-3", "1E+300,-3")]
    [InlineData("bool", "true,false", "true,false")]
    public async Task Numbers_keep_every_digit_that_their_type_holds(string type, string row, string answer) =>
        Assert.Equal($"{{\"y\":[[{answer}]]}}", await world.PredictAsync(await world.DeployAsync($"identity-{type}.onnx"), $"{{\"inputs\":[[{row}]]}}"));

    [Theory]
    [InlineData("int8", "128")]
    [InlineData("uint64", "-1")]
    [InlineData("int64", "9223372036854775808")]
    [InlineData("int32", "0.5")]
    [InlineData("bool", "1")]
    [InlineData("fp16", "70000")]
    public async Task A_number_that_its_type_does_not_hold_is_refused(string type, string value) => await world.NotPredictedAsync(
        await world.DeployAsync($"identity-{type}.onnx"), $"{{\"inputs\":[[{value},{value}]]}}", System.Net.HttpStatusCode.BadRequest, "BAD_REQUEST", "application/json", "position 0");

    [Fact]
    public async Task An_answer_carries_its_id_its_version_and_its_variant()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        foreach (var header in new[] { "X-Plane-Prediction-Id", "X-Request-Id" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/w/{world.Workspace}/deployments/{name}/invocations");
            request.Content = new StringContent("""{"inputs":[[1,2]]}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
            request.Headers.Add(header, "mine");
            using var response = await world.Http.SendAsync(request);
            Assert.Equal(("mine", "1", "main"), (Header(response, "X-Plane-Prediction-Id"), Header(response, "X-Plane-Model-Version"), Header(response, "X-Plane-Variant")));
        }

        using var unnamed = await world.InvokeAsync(name, """{"inputs":[[1,2]]}""");
        Assert.True(Guid.TryParse(Header(unnamed, "X-Plane-Prediction-Id"), out _));
    }

    [Fact]
    public async Task Clients_that_look_before_they_send_find_what_MLflow_answers()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        foreach (var path in new[] { "/ping", $"/deployments/{name}/ping", $"/deployments/{name}/version", $"/w/{world.Workspace}/deployments/{name}/ping" })
        {
            using var response = await world.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(path.EndsWith("version", StringComparison.Ordinal) ? "3.11.1" : "\n", await response.Content.ReadAsStringAsync());
        }

        foreach (var path in new[] { "/deployments/nobody/ping", "/deployments/nobody/version" })
        {
            using var response = await world.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("RESOURCE_DOES_NOT_EXIST", JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error_code").GetString());
        }
    }

    [Fact]
    public async Task A_thousand_rows_are_one_request()
    {
        var name = await world.DeployAsync("linear.onnx");
        var rows = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"[{i},0,0,0]"));
        using var answer = JsonDocument.Parse(await world.PredictAsync(name, $$$"""{"dataframe_split":{"columns":["a","b","c","d"],"data":[{{{rows}}}]}}"""));
        Assert.Equal(1000, answer.RootElement.GetArrayLength());
        Assert.Equal((999 * 0.5f) + 0.1f, answer.RootElement[999].GetProperty("y")[0].GetSingle(), 0.001f);
    }

    [Fact]
    public async Task The_example_that_MLflow_stores_beside_a_model_warms_it_up() =>
        await world.DeployFolderAsync(new { warmup = new { source = "file", file = "serving_input_example.json" } });

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();

    /// <summary>Every number of an answer, in its order.</summary>
    private static float[] Values(string predictions)
    {
        var found = new List<float>();
        Collect(JsonElement.Parse(predictions), found);
        return [.. found];
    }

    private static void Collect(JsonElement element, List<float> found)
    {
        if (element.ValueKind == JsonValueKind.Number)
            found.Add(element.GetSingle());
        foreach (var part in element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : Enumerable.Empty<JsonElement>())
            Collect(part, found);
        foreach (var part in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : Enumerable.Empty<JsonProperty>())
            Collect(part.Value, found);
    }

    public void Dispose() => world.Dispose();
}
