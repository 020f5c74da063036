using MlopsPlane.Primitives;

namespace MlopsPlane.Storage.Databases;

internal sealed class DatabaseErrors(PlaneDatabase database) : IErrorTranslator
{
    public PlaneError? Translate(Exception exception) => database.AsUnavailable(exception);
}
