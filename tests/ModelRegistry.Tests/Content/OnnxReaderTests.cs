using MlopsPlane.ModelRegistry.Content.Onnx;

namespace MlopsPlane.ModelRegistry.Tests.Content;

public sealed class OnnxReaderTests
{
    [Fact]
    public async Task The_signature_of_a_graph_is_read_without_its_weights_among_the_inputs()
    {
        var signature = await ReadAsync(OnnxBytes.Classifier(weightBytes: 500_000));
        Assert.Equal((3, 17, "pytorch", "2.1", "main_graph", 15), (signature.IrVersion, signature.Opset, signature.Producer, signature.ProducerVersion, signature.GraphName, signature.ParameterCount));
        Assert.Equal([new OnnxTensor("features", "float", "batch,4")], signature.Inputs);
        Assert.Equal([new OnnxTensor("label", "int64", "?"), new OnnxTensor("probabilities", "sequence", null)], signature.Outputs);
    }

    [Fact]
    public async Task Every_cut_of_a_file_is_refused_and_none_hangs_or_reads_on()
    {
        var whole = OnnxBytes.Classifier();
        var opsets = OnnxBytes.Field(8, OnnxBytes.Message(OnnxBytes.Number(2, 17))).Length
            + OnnxBytes.Field(8, OnnxBytes.Message(OnnxBytes.Text(1, "ai.onnx.ml"), OnnxBytes.Number(2, 99))).Length;
        for (var length = 0; length < whole.Length - opsets; length++)
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(whole[..length]));
    }

    [Fact]
    public async Task Noise_is_refused_or_read_but_never_fails_otherwise()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = i % 2 == 0 ? new byte[random.Next(200)] : OnnxBytes.Classifier();
            if (i % 2 == 0)
                random.NextBytes(bytes);
            else
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                await ReadAsync(bytes);
            }
            catch (InvalidDataException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Fact]
    public async Task Claims_that_no_file_can_keep_are_refused()
    {
        var huge = OnnxBytes.Field(7, OnnxBytes.Message(OnnxBytes.Field(5, OnnxBytes.Message(OnnxBytes.Number(1, long.MaxValue), OnnxBytes.Number(1, 4)))));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(huge));
        var longName = OnnxBytes.Text(2, new string('x', 70_000));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync([.. longName, .. OnnxBytes.Classifier()]));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]));
    }

    private static Task<OnnxSignature> ReadAsync(byte[] bytes) => OnnxReader.ReadAsync(new Trickle(bytes), CancellationToken.None);

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, Length > 1000 ? 4096 : 7)], cancellationToken);
    }
}
