namespace MlopsPlane.Primitives;

/// <summary>Recognises failures of a dependency, so that they leave as 503 and not as 500.</summary>
public interface IErrorTranslator
{
    /// <summary>What to tell the caller; null when the exception is not known here.</summary>
    PlaneError? Translate(Exception exception);
}
