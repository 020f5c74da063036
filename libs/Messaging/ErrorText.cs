namespace MlopsPlane.Messaging;

/// <summary>Why something failed, as it is kept beside it: the innermost message, and no more of it than a person reads.</summary>
internal static class ErrorText
{
    private const int Longest = 1000;

    public static string Of(Exception failure)
    {
        var text = failure.GetBaseException().Message.Replace('\0', ' ');
        return text.Length > Longest ? text[..Longest] : text;
    }
}
