using System.Text;
using Google.Protobuf;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.ModelStore.Format;

namespace MlopsPlane.InferenceGateway.Tests.ModelStore;

/// <summary>Where a tensor of an ONNX file may keep its values.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-external-");

    /// <summary>Fields of onnx.proto from the model down to a tensor.</summary>
    public static TheoryData<string, int[]> Places => new()
    {
        { "initializer", [7, 5] },
        { "values of a sparse initializer", [7, 15, 1] },
        { "indices of a sparse initializer", [7, 15, 2] },
        { "attribute of a node", [7, 1, 5, 5] },
        { "one of several in an attribute", [7, 1, 5, 10] },
        { "sparse tensor of an attribute", [7, 1, 5, 22, 1] },
        { "one of several sparse tensors", [7, 1, 5, 23, 2] },
        { "initializer of a subgraph", [7, 1, 5, 6, 5] },
        { "initializer of one of several subgraphs, deep", [7, 1, 5, 11, 1, 5, 6, 5] },
        { "node of a function", [25, 7, 5, 5] },
        { "default of a function's attribute", [25, 11, 5] },
        { "initialization of a training", [20, 1, 5] },
        { "algorithm of a training", [20, 2, 1, 5, 6, 5] },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void A_tensor_is_found_wherever_it_is(string place, int[] path)
    {
        var refused = Assert.Throws<ModelRefusedException>(() => Judge(Model(path, "../../etc/passwd")));
        Assert.Equal("m version 1: sub/model.onnx keeps tensors in '../../etc/passwd', which is not a file below its own folder.", refused.Message);
        Assert.NotNull(place);
        Judge(Model(path, "weights.bin"));
        Judge(Model(path, "./deep//weights.bin"));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("deep/../../secret")]
    [InlineData("..\\secret")]
    [InlineData("C:/secret")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a\0b")]
    [InlineData("*/_ORT_MEM_ADDR_/*")]
    public void A_location_that_leaves_the_folder_is_refused(string location) =>
        Assert.EndsWith("which is not a file below its own folder.", Assert.Throws<ModelRefusedException>(() => Judge(Model([7, 5], location))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_of_the_root_is_not_one_of_the_models_folder() =>
        Assert.EndsWith("which is not among the version's files.", Assert.Throws<ModelRefusedException>(() => Judge(Model([7, 5], "root.bin"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_without_end_and_broken_messages_are_refused_with_the_reason()
    {
        Assert.Contains("nested more than 100 deep", Refusal(Model([7, .. Enumerable.Repeat((int[])[1, 5, 6], 60).SelectMany(step => step), 5], "x")), StringComparison.Ordinal);
        Assert.Contains("holds no graph", Refusal(Field(1, Encoding.UTF8.GetBytes("only"))), StringComparison.Ordinal);
        Assert.Contains("longer than its message", Refusal([0x3a, 0x7f, 0x00]), StringComparison.Ordinal);
        Assert.Contains("wire type 3", Refusal([0x3b]), StringComparison.Ordinal);
        Assert.Contains("ends within a number", Refusal([0x3a, 0xff]), StringComparison.Ordinal);
        // Read with 32 bits this tag would be another field.
        Assert.Contains("without a valid number", Refusal([0xba, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00]), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_changes_of_a_model_are_refused_or_read_but_never_a_fault()
    {
        var random = new Random(17);
        var model = TestModels.Read("external.onnx");
        for (var round = 0; round < 3000; round++)
        {
            var changed = (byte[])model.Clone();
            for (var i = 0; i <= round % 4; i++)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                Judge(changed[..(changed.Length - random.Next(20))]);
            }
            catch (ModelRefusedException)
            {
                // One of the two.
            }
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>A model with a large initializer before a tensor at the end of the path.</summary>
    private static byte[] Model(int[] path, string location)
    {
        var tensor = Field(13, [.. Field(1, "location"u8.ToArray()), .. Field(2, Encoding.UTF8.GetBytes(location))]);
        var nested = path.Reverse().Aggregate(tensor, (inner, field) => Field(field, inner));
        byte[] weights = Field(7, Field(5, Field(9, new byte[200_000])));
        return [8, 8, .. weights, .. nested];
    }

    private static byte[] Field(int number, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }

        return stream.ToArray();
    }

    private string Refusal(byte[] model) => Assert.Throws<ModelRefusedException>(() => Judge(model)).Message;

    private void Judge(byte[] model)
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "sub"));
        File.WriteAllBytes(Path.Combine(folder.FullName, "sub/model.onnx"), model);
        ExternalData.Require("m version 1", folder.FullName, "sub/model.onnx",
            new HashSet<string>(["root.bin", "sub/model.onnx", "sub/weights.bin", "sub/external.bin", "sub/deep/weights.bin", "secret"], StringComparer.Ordinal));
    }
}
