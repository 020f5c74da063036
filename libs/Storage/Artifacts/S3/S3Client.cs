using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace MlopsPlane.Storage.Artifacts.S3;

/// <summary>The SDK's client, with failures of its network told apart from those of other parties.</summary>
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
}
