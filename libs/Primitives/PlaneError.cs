namespace MlopsPlane.Primitives;

/// <summary>A rejection or failure that a caller is told about, before a protocol gives it its shape.</summary>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Code">Stable machine-readable code; on MLflow paths one of MLflow's <c>error_code</c> names.</param>
/// <param name="Message">What was wrong, naming the field and the rule.</param>
/// <param name="RetryAfterSeconds">Seconds after which a repetition may succeed; null when it cannot.</param>
public sealed record PlaneError(int Status, string Code, string Message, int? RetryAfterSeconds = null)
{
    public static PlaneError Invalid(string code, string message) => new(400, code, message);

    public static PlaneError NotFound(string code, string message) => new(404, code, message);

    public static PlaneError Conflict(string code, string message) => new(409, code, message);

    /// <summary>A dependency (database, store, other service) does not answer now.</summary>
    public static PlaneError Unavailable(string code, string message) => new(503, code, message, RetryAfterSeconds: 1);

    public PlaneException ToException(Exception? cause = null) => new(this, cause);
}

/// <summary>Carries a <see cref="PlaneError"/> from where it is found to the one place that writes it to the wire.</summary>
public sealed class PlaneException(PlaneError error, Exception? cause = null) : Exception(error.Message, cause)
{
    public PlaneError Error { get; } = error;
}
