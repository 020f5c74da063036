using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Errors;

/// <summary>MLflow's error codes with the HTTP status that its clients expect of each.</summary>
public static class MlflowErrors
{
    public const string InvalidParameterValue = "INVALID_PARAMETER_VALUE";
    public const string ResourceAlreadyExists = "RESOURCE_ALREADY_EXISTS";
    public const string ResourceDoesNotExist = "RESOURCE_DOES_NOT_EXIST";

    public static PlaneException Invalid(string message) => new PlaneError(400, InvalidParameterValue, message).ToException();

    public static PlaneException Missing(string message) => new PlaneError(404, ResourceDoesNotExist, message).ToException();

    public static PlaneException AlreadyExists(string message) => new PlaneError(400, ResourceAlreadyExists, message).ToException();

    public static PlaneException Conflict(string message) => new PlaneError(409, "RESOURCE_CONFLICT", message).ToException();

    public static PlaneException InvalidState(string message) => new PlaneError(500, "INVALID_STATE", message).ToException();

    public static PlaneException NotImplemented(string message) => new PlaneError(501, "NOT_IMPLEMENTED", message).ToException();
}
