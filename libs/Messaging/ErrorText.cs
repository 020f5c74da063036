using MlopsPlane.Primitives;

namespace MlopsPlane.Messaging;

/// <summary>Why something failed, as it is kept beside it: the innermost message, and no more of it than a person reads.</summary>
internal static class ErrorText
{
    public static string Of(Exception failure) => ShownText.Of(failure.GetBaseException().Message);
}
