using System.Text;

namespace MlopsPlane.ModelRegistry.Tests.Content;

/// <summary>Writes ONNX files field by field, so that the reader is not tested against itself.</summary>
internal static class OnnxBytes
{
    /// <summary>A classifier of 4 features and 3 classes: weights 4 × 3 and a bias of 3, both also listed as inputs as IR 3 does.</summary>
    public static byte[] Classifier(string producer = "pytorch", int weightBytes = 48) => Message(
        Number(1, 3),
        Text(2, producer),
        Text(3, "2.1"),
        Field(7, Message(
            Field(1, Message(Text(4, "MatMul"))),
            Text(2, "main_graph"),
            Field(5, Message(Number(1, 4), Number(1, 3), Number(2, 1), Text(8, "weight"), Field(9, new byte[weightBytes]))),
            Field(5, Message(Field(1, [3]), Number(2, 1), Text(8, "bias"))),
            Field(11, Tensor("features", 1, Field(1, Message(Text(2, "batch"))), Field(1, Message(Number(1, 4))))),
            Field(11, Tensor("weight", 1, Field(1, Message(Number(1, 4))), Field(1, Message(Number(1, 3))))),
            Field(11, Tensor("bias", 1)),
            Field(12, Tensor("label", 7, Field(1, []))),
            Field(12, Message(Text(1, "probabilities"), Field(2, Message(Field(4, []))))))),
        Field(8, Message(Text(1, "ai.onnx.ml"), Number(2, 99))),
        Field(8, Message(Number(2, 17))));

    public static byte[] Tensor(string name, ulong elementType, params byte[][] dimensions) =>
        Message(Text(1, name), Field(2, Message(Field(1, Message(Number(1, elementType), Field(2, Message(dimensions)))))));

    public static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    public static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    public static byte[] Field(int field, byte[] value) => [.. Varint((ulong)((field << 3) | 2)), .. Varint((ulong)value.Length), .. value];

    public static byte[] Number(int field, ulong value) => [.. Varint((ulong)(field << 3)), .. Varint(value)];

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
