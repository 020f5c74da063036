using System.Net;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Scoring;

public sealed class ScoringBadInputTests(AllInOneOnSqlite plane) : IDisposable
{
    private const string Good = """{"dataframe_split":{"columns":["sepal_length","sepal_width","petal_length","petal_width"],"data":[[1,2,3,4]]}}""";
    private readonly ServingWorld world = new(plane);

    [Fact]
    public async Task A_frame_has_no_more_columns_than_it_may()
    {
        var name = await world.DeployAsync("linear.onnx");
        var many = string.Join(',', Enumerable.Repeat("0", 300_000));
        foreach (var body in new[] { $$$"""{"dataframe_split":{"data":[[{{{many}}}]]}}""", $$$"""{"dataframe_split":{"columns":[{{{many}}}],"data":[]}}""" })
        {
            using var json = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var refused = await world.Http.PostAsync($"/deployments/{name}/invocations", json);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("more than 262144 columns", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var csv = new StringContent(many, System.Text.Encoding.UTF8, "text/csv");
        using var line = await world.Http.PostAsync($"/deployments/{name}/invocations", csv);
        Assert.Equal(HttpStatusCode.BadRequest, line.StatusCode);
    }

    [Fact]
    public async Task A_request_that_does_not_fit_the_signature_is_refused_with_MLflows_message()
    {
        var name = await world.DeployFolderAsync();
        (string Body, string[] Said)[] cases =
        [
            ("", ["Invalid input. Ensure that input is a valid JSON formatted string."]),
            ("{", ["Ensure that input is a valid JSON formatted string."]),
            ($"{Good}x", ["Ensure that input is a valid JSON formatted string."]),
            ("""{"inputs":[[NaN,1,2,3]]}""", ["Ensure that input is a valid JSON formatted string."]),
            ("""{"dataframe_records":[{"sepal_length\ud800":1}]}""", ["not valid Unicode"]),
            ("[[1,2,3,4]]", ["exactly one of the input fields", "Received a list."]),
            ("7", ["exactly one of the input fields", "unexpected input type"]),
            ("{}", ["exactly one of the input fields", "Received dictionary with input fields: []"]),
            ("""{"columns":[],"data":[]}""", ["exactly one of the input fields", "['columns', 'data']"]),
            ("""{"inputs":[[1,2,3,4]],"instances":[[1,2,3,4]]}""", ["exactly one of the input fields", "['inputs', 'instances']"]),
            ("""{"inputs":[[1,2,3,4]],"params":[1]}""", ["'params'", "dictionary"]),
            ("""{"dataframe_split":[[1,2,3,4]]}""", ["dataframe_split", "'columns' and 'data'"]),
            ("""{"dataframe_split":{"columns":["sepal_length"]}}""", ["'columns' and 'data'"]),
            ("""{"dataframe_split":{"columns":{"a":1},"data":[]}}""", ["'columns'", "list of names"]),
            ("""{"dataframe_split":{"columns":["sepal_length","sepal_width","petal_length"],"data":[[1,2,3]]}}""", ["Model is missing inputs ['petal_width']."]),
            ("""{"dataframe_split":{"columns":["a","sepal_width","petal_length","petal_width"],"data":[[1,2,3,4]]}}""", ["Model is missing inputs ['sepal_length']. Note that there were extra inputs: ['a']"]),
            ("""{"dataframe_split":{"columns":["sepal_length","sepal_width","petal_length","petal_width"],"data":[[1,2,3,4],[1,2,3]]}}""", ["Row 1 has 3 values", "4 columns"]),
            ("""{"dataframe_split":{"columns":["sepal_length","sepal_width","petal_length","petal_width"],"data":[[1,2,3,4,5]]}}""", ["Row 0 has more than 4 values"]),
            ("""{"dataframe_split":{"columns":["sepal_length","sepal_width","petal_length","petal_width"],"data":[1,2]}}""", ["dataframe_split", "list of rows"]),
            ("""{"dataframe_split":{"columns":["sepal_length","sepal_width","petal_length","petal_width"],"data":[[1,2,"three",4]]}}""", ["'petal_length'", "'three'", "row 0", "FP32"]),
            ("""{"dataframe_split":{"columns":["sepal_length","sepal_width","petal_length","petal_width"],"data":[[1,2,3,1e300]]}}""", ["'petal_width'", "1e300"]),
            ("""{"dataframe_split":{"columns":["sepal_length","sepal_width","petal_length","petal_width"],"data":[]}}""", ["1 or more"]),
            ("""{"dataframe_records":{"sepal_length":1}}""", ["dataframe_records", "list of records"]),
            ("""{"dataframe_records":[[1,2,3,4]]}""", ["dataframe_records", "list of records"]),
            ("""{"dataframe_records":[{"sepal_length":1}]}""", ["Model is missing inputs ['sepal_width', 'petal_length', 'petal_width']."]),
            ("""{"dataframe_records":[{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4},{"sepal_length":1,"sepal_width":2,"petal_length":3}]}""", ["Model is missing inputs ['petal_width'] in row 1."]),
            ("""{"inputs":{"sepal_length":[1,2],"sepal_width":[1],"petal_length":[1],"petal_width":[1]}}""", ["The length of values for each input/column name are not the same"]),
            ("""{"inputs":{"sepal_length":1}}""", ["'sepal_length'", "must be a list"]),
            ("""{"inputs":[[1,2,3]]}""", ["3 values without names", "'petal_width'"]),
            ("""{"inputs":"text"}""", ["inputs", "list of rows"]),
        ];
        foreach (var (body, said) in cases)
            await world.NotPredictedAsync(name, body, HttpStatusCode.BadRequest, "BAD_REQUEST", "application/json", said);
        await world.PredictAsync(name, Good);
    }

    [Fact]
    public async Task A_column_of_whole_numbers_or_texts_takes_nothing_else()
    {
        var name = await world.DeployAsync("columns.onnx");
        foreach (var (row, column) in new[] { ("""[1,2.5,"x"]""", "age"), ("""[1,null,"x"]""", "age"), ("""[1,"2","x"]""", "age"), ("[1,2,3]", "name"), ("[1,2,null]", "name"), ("[[1,2],2,\"x\"]", "score"), ("[{},2,\"x\"]", "score") })
        {
            await world.NotPredictedAsync(
                name, $$$"""{"dataframe_split":{"columns":["score","age","name"],"data":[[0,1,"ok"],{{{row}}}]}}""", HttpStatusCode.BadRequest, "BAD_REQUEST", "application/json", $"'{column}'", "row 1");
        }

        await world.NotPredictedAsync(name, "score,age,name\n1,2.5,x\n", HttpStatusCode.BadRequest, "BAD_REQUEST", "text/csv", "'age'", "'2.5'", "row 0");
        await world.NotPredictedAsync(name, "score,age,name\n1,,x\n", HttpStatusCode.BadRequest, "BAD_REQUEST", "text/csv", "'age'", "nothing");
    }

    [Fact]
    public async Task Tensors_that_are_none_are_refused()
    {
        var (one, two) = (await world.DeployAsync("linear.onnx"), await world.DeployAsync("addsub.onnx"));
        foreach (var (body, said) in new[]
        {
            ("""{"inputs":[[1,2,3,4],[1,2]]}""", "different lengths or depths"), ("""{"inputs":[[1,2,3,4],5]}""", "different lengths or depths"), ("""{"inputs":[5,[1]]}""", "different lengths or depths"),
            ("""{"inputs":[[1,2,3,"x"]]}""", "position 3"), ("""{"inputs":[[1,2,3]]}""", "[1,3]"), ("""{"instances":[1,2,3,4]}""", "[4]"), ("""{"inputs":[]}""", "[0]"), ("""{"inputs":3}""", "shape []"),
            ("""{"inputs":{"y":[[1,2,3,4]]}}""", "Model is missing inputs ['x']. Note that there were extra inputs: ['y']"), ("""{"inputs":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""", "16 dimensions"),
            ("""{"inputs":[{"a":1}]}""", "position 0"),
        })
        {
            await world.NotPredictedAsync(one, body, HttpStatusCode.BadRequest, "BAD_REQUEST", "application/json", said);
        }

        await world.NotPredictedAsync(two, """{"inputs":[[1]]}""", HttpStatusCode.BadRequest, "BAD_REQUEST", "application/json", "This model requires 2 inputs", "['INPUT0', 'INPUT1']");
    }

    [Theory]
    [InlineData("", "No columns to parse from file")]
    [InlineData("sepal_length\n1\n", "Model is missing inputs ['sepal_width', 'petal_length', 'petal_width'].")]
    [InlineData("sepal_length,sepal_width,petal_length,petal_width\n1,2,3\n", "Row 0 has 3 fields")]
    [InlineData("sepal_length,sepal_width,petal_length,petal_width\n1,2,3,\"4\n", "quoted field")]
    [InlineData("sepal_length,sepal_width,petal_length,petal_width\n1,2,3,\"4\"5\n", "quoted field")]
    [InlineData("sepal_length,sepal_width,petal_length,petal_width\n1,2,3,four\n", "'four'")]
    public async Task CSV_that_is_none_is_refused(string csv, string said) =>
        await world.NotPredictedAsync(await world.DeployFolderAsync(), csv, HttpStatusCode.BadRequest, "BAD_REQUEST", "text/csv", said);

    [Theory]
    [InlineData("application/octet-stream", "This predictor only supports the following content types: Types: ['text/csv', 'application/json']. Got 'application/octet-stream'.")]
    [InlineData("application/json; charset=latin-1", "only supports UTF-8")]
    [InlineData("application/json; format=pandas-split", "Unrecognized content type parameters: format.")]
    public async Task Another_content_type_is_refused(string type, string said) =>
        await world.NotPredictedAsync("any", "x", HttpStatusCode.UnsupportedMediaType, "BAD_REQUEST", type, said);

    [Fact]
    public async Task An_unknown_deployment_is_told_in_MLflows_shape() =>
        await world.NotPredictedAsync("nobody", Good, HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "application/json", "'nobody'");

    public void Dispose() => world.Dispose();
}
