using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.Batching;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference;

public sealed class InferTests(AllInOneOnSqlite plane) : IDisposable
{
    private readonly ServingWorld world = new(plane);

    [Fact]
    public async Task A_registered_model_that_was_deployed_with_one_call_answers()
    {
        var version = await world.RegisterAsync("linear", "linear.onnx");
        await world.Deployments.AliasAsync("linear", "champion", version);
        await world.Deployments.OkAsync(HttpMethod.Post, "", new { model = "models:/linear@champion" });
        await world.ReadyAsync("linear");
        var answer = await world.InferAsync("linear", ServingWorld.Floats("x", [2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
        Assert.Equal("linear", answer.GetProperty("model_name").GetString());
        Assert.Equal("1", answer.GetProperty("model_version").GetString());
        var output = answer.GetProperty("outputs")[0];
        Assert.Equal(("y", "FP32", "[2,3]"), (output.GetProperty("name").GetString(), output.GetProperty("datatype").GetString(), output.GetProperty("shape").GetRawText()));
        await using var raw = new LoadedModel("linear.onnx");
        var item = raw.Item(([2, 4], LoadedModel.Bytes<float>(1, 2, 3, 4, 5, 6, 7, 8)));
        Assert.Null(await raw.RunAsync(item));
        Assert.Equal(LoadedModel.Values<float>(item.Outputs[0]), output.GetProperty("data").EnumerateArray().Select(value => value.GetSingle()));
    }

    [Fact]
    public async Task Nested_data_and_any_order_of_the_fields_are_read()
    {
        var name = await world.DeployAsync("addsub.onnx");
        var row = string.Join(',', Enumerable.Range(0, 16));
        var answer = await world.InferAsync(name,
            $$"""{"id":"abc","inputs":[{"data":[[{{row}}]],"datatype":"INT32","parameters":{},"shape":[1,16],"name":"INPUT0"},{"name":"INPUT1","data":[{{row}}],"shape":[1,16],"datatype":"INT32"}],"outputs":[{"name":"OUTPUT1"}]}""");
        Assert.Equal("abc", answer.GetProperty("id").GetString());
        var output = Assert.Single(answer.GetProperty("outputs").EnumerateArray());
        Assert.Equal("OUTPUT1", output.GetProperty("name").GetString());
        Assert.All(output.GetProperty("data").EnumerateArray(), value => Assert.Equal(0, value.GetInt32()));
    }

    [Fact]
    public async Task Binary_tensors_go_in_and_come_out_bit_for_bit()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        float[] values = [1, float.NaN, float.NegativeInfinity, -0f];
        using var response = await world.PostBinaryAsync(name,
            """{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","parameters":{"binary_data_size":16}}],"outputs":[{"name":"y","parameters":{"binary_data":true}}]}""",
            MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        var (header, tensors) = await SplitAsync(response);
        Assert.Equal(16, header.GetProperty("outputs")[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.Equal(MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), tensors);
    }

    [Fact]
    public async Task What_JSON_cannot_write_comes_back_as_null()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        using var response = await world.PostBinaryAsync(name,
            """{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""", LoadedModel.Bytes(float.NaN, 1.5f));
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("[null,1.5]", answer.GetProperty("outputs")[0].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Sixteen_bit_floats_come_back_in_binary_form_unasked()
    {
        var name = await world.DeployAsync("identity-bf16.onnx");
        byte[] data = [0x80, 0x3f, 0x00, 0xc0];
        using var response = await world.PostBinaryAsync(name,
            """{"inputs":[{"name":"x","shape":[1,2],"datatype":"BF16","parameters":{"binary_data_size":4}}]}""", data);
        Assert.Equal(data, (await SplitAsync(response)).Tensors);
        await world.RefusedAsync(name, """{"inputs":[{"name":"x","shape":[1,2],"datatype":"BF16","data":[1,2]}]}""", HttpStatusCode.BadRequest, "'x'", "BF16", "binary");
    }

    [Fact]
    public async Task A_raw_body_is_one_row_of_the_only_input()
    {
        var name = await world.DeployAsync("linear.onnx");
        using var response = await world.PostBinaryAsync(name, "", LoadedModel.Bytes<float>(1, 2, 3, 4), headerLength: 0);
        var (header, tensors) = await SplitAsync(response);
        Assert.Equal("[1,3]", header.GetProperty("outputs")[0].GetProperty("shape").GetRawText());
        Assert.Equal(12, tensors.Length);
    }

    [Fact]
    public async Task An_image_is_taken_in_binary_form()
    {
        var name = await world.DeployAsync("image.onnx");
        var pixels = new float[3 * 224 * 224];
        Array.Fill(pixels, 0.5f, 0, 224 * 224);
        using var response = await world.PostBinaryAsync(name,
            """{"inputs":[{"name":"image","shape":[1,3,224,224],"datatype":"FP32","parameters":{"binary_data_size":602112}}]}""", LoadedModel.Bytes(pixels));
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal([0.5f, 0f, 0f], answer.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(value => value.GetSingle()));
    }

    [Fact]
    public async Task Text_is_sent_as_JSON_strings_and_returned_so()
    {
        var name = await world.DeployAsync("identity-string.onnx");
        var answer = await world.InferAsync(name, """{"inputs":[{"name":"x","shape":[1,2],"datatype":"BYTES","data":["h\u00e9 \ud83d\ude00",""]}]}""");
        Assert.Equal(["hé 😀", ""], answer.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(value => value.GetString()));
    }

    [Fact]
    public async Task The_highest_classes_are_named_when_they_are_asked_for()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        var answer = await world.InferAsync(name,
            """{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":[0.1,0.9,0.7,0.2]}],"outputs":[{"name":"y","parameters":{"classification":1}}]}""");
        var output = answer.GetProperty("outputs")[0];
        Assert.Equal(("BYTES", "[2,1]", """["0.9:1","0.7:0"]"""),
            (output.GetProperty("datatype").GetString(), output.GetProperty("shape").GetRawText(), output.GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task An_answer_names_its_version_its_variant_and_an_id_of_its_own()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        var (_, answer, response) = await world.PostAsync($"{name}/infer", ServingWorld.Floats("x", [1, 2], 1, 2));
        using (response)
        {
            Assert.Equal("1", response.Headers.GetValues("X-Plane-Model-Version").Single());
            Assert.Equal("main", response.Headers.GetValues("X-Plane-Variant").Single());
            Assert.Equal(response.Headers.GetValues("X-Plane-Prediction-Id").Single(), answer.GetProperty("id").GetString());
            Assert.True(Guid.TryParse(answer.GetProperty("id").GetString(), out _));
        }
    }

    private static async Task<(JsonElement Header, byte[] Tensors)> SplitAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        var length = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single(), System.Globalization.CultureInfo.InvariantCulture);
        return (JsonElement.Parse(body.AsSpan(0, length)), body[length..]);
    }

    public void Dispose() => world.Dispose();
}
