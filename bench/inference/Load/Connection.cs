using System.Diagnostics;
using System.Net.Sockets;

namespace MlopsPlane.Bench.Inference.Load;

/// <summary>A connection that never waits: it is asked again when it has something to read or to send.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly IExchange exchange;
    private readonly byte[] buffer = new byte[1 << 18];
    private int filled;
    private byte[] sending = [];
    private int sent;
    private int toSend;

    public Connection(Uri address, IExchange exchange)
    {
        this.exchange = exchange;
        socket.Connect(address.Host, address.Port);
        socket.Send(exchange.Opening);
        socket.Blocking = false;
    }

    public int Handle => (int)socket.Handle;

    /// <summary>A request is under way.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Timestamp at which the request was due.</summary>
    public long Due { get; set; }

    public bool HasMoreToSend => sent < toSend;

    public void Begin()
    {
        var request = exchange.Next();
        if (sending.Length < request.Length)
            sending = new byte[request.Length];
        request.CopyTo(sending);
        (sent, toSend, IsBusy) = (0, request.Length, true);
        Send();
    }

    public void Send()
    {
        while (sent < toSend)
        {
            var count = socket.Send(sending.AsSpan(sent, toSend - sent), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success)
                throw new SocketException((int)error);
            sent += count;
        }
    }

    /// <summary>Reads what has come.</summary>
    /// <returns>When the request's answer was whole, a timestamp; 0 while it is not.</returns>
    public long Receive()
    {
        var count = socket.Receive(buffer.AsSpan(filled), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return 0;
        if (error != SocketError.Success || count == 0)
            throw new IOException($"The server closed the connection ({error}).");
        filled += count;
        var answered = exchange.IsAnswered(buffer.AsSpan(0, filled), out var consumed, out var reply);
        buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
        filled -= consumed;
        if (reply.Length > 0)
            socket.Send(reply);
        if (!answered || !IsBusy)
            return 0;
        IsBusy = false;
        return Stopwatch.GetTimestamp();
    }

    public void Dispose() => socket.Dispose();
}
