using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Tests.ModelStore;

/// <summary>The stored models are what the tests take them for.</summary>
public sealed class TestModelTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(TestModels.Folder, "*.onnx").Select(file => Path.GetFileName(file)).Where(name => name != "external-escape.onnx")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_model_of_the_tests_is_loaded_by_ONNX_Runtime_and_small(string name)
    {
        Assert.InRange(new FileInfo(TestModels.File(name)).Length, 1, 10_000);
        using var model = OnnxModel.Load(TestModels.File(name), ExecutionProvider.OfCpu, fallBackToCpu: false, OnnxEnvironment.Start(new OnnxSettings()));
        Assert.NotEmpty(model.Inputs);
        Assert.Equal(name == "classifier.onnx" ? ["probabilities"] : [], model.OtherOutputs);
    }
}
