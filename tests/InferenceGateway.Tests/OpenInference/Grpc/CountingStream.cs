namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

/// <summary>Bytes that went over a client's connections.</summary>
internal sealed class ByteRecord
{
    private long read;
    private long written;

    public long Read => Volatile.Read(ref read);

    public long Written => Volatile.Read(ref written);

    public int AddRead(int bytes)
    {
        Interlocked.Add(ref read, bytes);
        return bytes;
    }

    public void AddWritten(int bytes) => Interlocked.Add(ref written, bytes);
}

/// <summary>Counts what passes.</summary>
internal sealed class CountingStream(Stream inner, ByteRecord record) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => record.AddRead(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        record.AddRead(await inner.ReadAsync(buffer, cancellationToken));

    public override void Write(byte[] buffer, int offset, int count)
    {
        record.AddWritten(count);
        inner.Write(buffer, offset, count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        record.AddWritten(buffer.Length);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
