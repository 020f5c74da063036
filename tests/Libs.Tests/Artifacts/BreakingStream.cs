namespace MlopsPlane.Libs.Tests.Artifacts;

/// <summary>A body whose sender goes away after some bytes.</summary>
internal sealed class BreakingStream(int length) : Stream
{
    private int left = length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (left == 0)
            throw new IOException("The sender went away.");
        var given = Math.Min(left, count);
        left -= given;
        return given;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
