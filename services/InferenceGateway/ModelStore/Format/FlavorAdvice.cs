namespace MlopsPlane.InferenceGateway.ModelStore.Format;

/// <summary>What makes ONNX of models of other kinds.</summary>
internal static class FlavorAdvice
{
    private const string Generic = "Log the model as ONNX with mlflow.onnx.log_model and register that.";

    private static readonly Dictionary<string, string> Converters = new(StringComparer.Ordinal)
    {
        ["sklearn"] = "skl2onnx: skl2onnx.to_onnx(model, X[:1])",
        ["pytorch"] = "torch.onnx.export(model, inputs, \"model.onnx\")",
        ["xgboost"] = "onnxmltools: onnxmltools.convert_xgboost(model, initial_types=...)",
        ["lightgbm"] = "onnxmltools: onnxmltools.convert_lightgbm(model, initial_types=...)",
        ["catboost"] = "model.save_model(\"model.onnx\", format=\"onnx\")",
        ["tensorflow"] = "tf2onnx: python -m tf2onnx.convert --saved-model DIR --output model.onnx",
        ["keras"] = "tf2onnx: tf2onnx.convert.from_keras(model)",
        ["transformers"] = "optimum: optimum-cli export onnx --model DIR OUT",
        ["sentence_transformers"] = "optimum: optimum-cli export onnx --model DIR OUT",
        ["spark"] = "onnxmltools: onnxmltools.convert_sparkml(model, initial_types=...)",
    };

    /// <param name="flavors">Of the version's <c>MLmodel</c>.</param>
    public static string For(IReadOnlyCollection<string> flavors)
    {
        var ways = flavors.Where(Converters.ContainsKey).Select(flavor => $"{flavor} is converted by {Converters[flavor]}").ToList();
        return ways.Count == 0 ? Generic : $"{string.Join("; ", ways)}; log the result with mlflow.onnx.log_model and register that.";
    }
}
