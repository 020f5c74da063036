using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace MlopsPlane.Storage.Artifacts.S3;

/// <summary>The SDK's client, with failures of its network told apart from those of other parties, and copies that every server understands.</summary>
internal sealed class S3Client : AmazonS3Client
{
    public S3Client(AmazonS3Config config) : base(config)
    {
    }

    public S3Client(AWSCredentials credentials, AmazonS3Config config) : base(credentials, config)
    {
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.AddHandler(new SayUnreachable());
        pipeline.AddHandlerAfter<Marshaller>(new PlainCopySource());
    }

    private sealed class SayUnreachable : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            try
            {
                return await base.InvokeAsync<T>(executionContext);
            }
            catch (HttpRequestException unreachable)
            {
                throw ArtifactErrors.Away(unreachable.Message, unreachable);
            }
        }
    }

    /// <summary>Leaves the slashes in the source of a copy as they are, which every server reads; some do not decode them.</summary>
    private sealed class PlainCopySource : PipelineHandler
    {
        private const string Header = "x-amz-copy-source";

        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var headers = executionContext.RequestContext.Request.Headers;
            if (headers.TryGetValue(Header, out var source))
                headers[Header] = source.Replace("%2F", "/", StringComparison.Ordinal);
            return base.InvokeAsync<T>(executionContext);
        }
    }
}
