using Amazon.Runtime;
using MlopsPlane.Primitives;

namespace MlopsPlane.Storage.Artifacts.S3;

/// <summary>A bucket that does not answer is a 503, not a fault of this process.</summary>
internal sealed class S3Errors : IErrorTranslator
{
    public PlaneError? Translate(Exception exception) => exception is AmazonServiceException or AmazonClientException
        ? PlaneError.Unavailable("TEMPORARILY_UNAVAILABLE", $"The artifact store does not answer: {exception.Message}")
        : null;
}
