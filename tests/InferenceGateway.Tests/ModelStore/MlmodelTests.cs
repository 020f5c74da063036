using System.Text;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.ModelStore.Format;

namespace MlopsPlane.InferenceGateway.Tests.ModelStore;

/// <summary>What <c>MLmodel</c> files say, and what hostile ones cannot do.</summary>
public sealed class MlmodelTests
{
    [Fact]
    public void Tensors_columns_and_what_may_be_left_out_are_read()
    {
        var file = Parse("""
            flavors:
              onnx: {data: sub/net.onnx}
            signature:
              inputs: '[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,4]},"name":"x"},{"type":"tensor","tensor-spec":{"dtype":"int64","shape":[]}}]'
              outputs: '[{"type":"long","name":"a"},{"type":"string","required":false},{"type":"double","optional":true},{"type":"array","items":{"type":"float"}}]'
            """);
        Assert.Equal("sub/net.onnx", file.OnnxData);
        Assert.Equal(["x:float32:-1,4:True", ":int64::True"], Shown(file.Signature!.Inputs));
        Assert.Equal(["a:long:null:True", ":string:null:False", ":double:null:False", ":array:null:True"], Shown(file.Signature.Outputs));
        var bare = Parse("flavors:\n  onnx:\n");
        Assert.Equal(("model.onnx", null), (bare.OnnxData, bare.Signature));
        Assert.Equal((null, 0), (Parse("run_id: x").OnnxData, Parse("run_id: x").Flavors.Count));
    }

    [Theory]
    [InlineData("flavors:\n  - [", "line 3: ")]
    [InlineData("just text", "it is no mapping")]
    [InlineData("", "it is no mapping")]
    [InlineData("a: *nothing", "nothing before it is called 'nothing'")]
    [InlineData("a: &x [*x]", "nothing before it is called 'x'")]
    [InlineData("? [a]\n: b", "a name in a mapping is no text")]
    [InlineData("signature:\n  inputs: [1]", "signature.inputs is no text")]
    [InlineData("signature:\n  inputs: '{'", "signature.inputs is no JSON list")]
    [InlineData("signature:\n  inputs: '{}'", "signature.inputs is no list of at most 10000 fields")]
    [InlineData("signature:\n  outputs: '[{\"name\":\"x\"}]'", "signature.outputs[0] has no type")]
    [InlineData("signature:\n  outputs: '[{\"type\":\"tensor\"}]'", "signature.outputs[0] has no tensor-spec")]
    [InlineData("signature:\n  outputs: '[{\"type\":\"tensor\",\"tensor-spec\":{\"dtype\":\"x\",\"shape\":[\"a\"]}}]'", "signature.outputs is no JSON list")]
    [InlineData("signature:\n  outputs: '[{\"type\":\"tensor\",\"tensor-spec\":{\"dtype\":\"x\",\"shape\":[1e99]}}]'", "signature.outputs is no JSON list")]
    public void A_broken_file_is_refused_with_the_place_and_the_reason(string yaml, string reason)
    {
        var refused = Assert.Throws<ModelRefusedException>(() => Parse(yaml));
        Assert.StartsWith("The file a/MLmodel cannot be read: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cannot_make_objects_grow_or_nest_without_end()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 30; i++)
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Empty(Parse(bomb.Append("flavors: *a29\n").ToString()).Flavors);
        Assert.Contains("nested more than 32 deep", Assert.Throws<ModelRefusedException>(() => Parse("a: " + new string('[', 500_000))).Message, StringComparison.Ordinal);
        Assert.Contains("more than 100000 values", Assert.Throws<ModelRefusedException>(() => Parse($"a: [{string.Concat(Enumerable.Repeat("1,", 200_000))}]")).Message, StringComparison.Ordinal);
        Assert.Equal("x", Assert.Single(Parse("flavors:\n  x: !!python/object/apply:os.system ['true']\n").Flavors));
        Assert.Throws<ModelRefusedException>(() => MlmodelFile.Parse("MLmodel", [0xff, 0xfe, 0xfd]));
    }

    [Theory]
    [InlineData("../model.onnx", "is not below its own folder")]
    [InlineData("/model.onnx", "is not below its own folder")]
    [InlineData("other.onnx", "is not among the version's files")]
    public void The_flavor_names_a_file_of_its_own_folder(string data, string reason)
    {
        var mlmodel = new MlmodelFile("a/MLmodel", ["onnx"], data, null);
        var refused = Assert.Throws<ModelRefusedException>(() => OnnxChoice.Find("m version 1", ["a/MLmodel", "a/model.onnx", "model.onnx"], mlmodel));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal("a/model.onnx", OnnxChoice.Find("m version 1", ["a/MLmodel", "a/model.onnx", "model.onnx"], mlmodel with { OnnxData = "./model.onnx" }));
    }

    [Fact]
    public void Without_a_flavor_the_nearest_file_is_the_model()
    {
        Assert.Equal("b.onnx", OnnxChoice.Find("m", ["a/model.onnx", "b.onnx"], null));
        Assert.Equal("x/model.onnx", OnnxChoice.Find("m", ["x/encoder.onnx", "x/model.onnx", "y/z/other.onnx"], null));
    }

    private static MlmodelFile Parse(string yaml) => MlmodelFile.Parse("a/MLmodel", Encoding.UTF8.GetBytes(yaml));

    private static IEnumerable<string> Shown(IReadOnlyList<MlflowField> fields) =>
        fields.Select(field => $"{field.Name}:{field.Type}:{(field.Shape is null ? "null" : string.Join(',', field.Shape))}:{field.Required}");
}
