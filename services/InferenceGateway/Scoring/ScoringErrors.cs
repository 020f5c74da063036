using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Scoring;

/// <summary>Refusals in the words of MLflow's scoring server, where it has any.</summary>
internal static class ScoringErrors
{
    public const string Formats = "{'dataframe_split', 'dataframe_records', 'instances', 'inputs'}";
    private const string OneFormat = $"The input must be a JSON dictionary with exactly one of the input fields {Formats}";

    public static PlaneException Invalid(string message) => PlaneError.Invalid("bad_request", message).ToException();

    public static PlaneException NotOneFormat(string received) => Invalid($"Invalid input. {OneFormat}. Received {received}.");

    public static PlaneException NotJson(string why) =>
        Invalid($"Invalid input. Ensure that input is a valid JSON formatted string. Error: {why}");

    public static PlaneException NotCsv(string why) => Invalid(
        $"Failed to parse input as a Pandas DataFrame. Ensure that the input is a valid CSV-formatted Pandas DataFrame produced using the `pandas.DataFrame.to_csv()` method. Error: {why}");

    public static PlaneException NotSupported(string message) => new PlaneError(415, "unsupported_media_type", message).ToException();

    public static PlaneException TooLarge() => new PlaneError(413, "body_too_large", "The input has more elements than a tensor can hold.").ToException();

    /// <summary>As Python shows a list of texts; of a long one the beginning.</summary>
    public static string Shown(IReadOnlyCollection<string> names)
    {
        const int most = 10;
        return $"[{string.Join(", ", names.Take(most).Select(name => $"'{name}'"))}{(names.Count > most ? ", ..." : "")}]";
    }
}
