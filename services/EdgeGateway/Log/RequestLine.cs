using System.Net;

namespace MlopsPlane.EdgeGateway.Log;

/// <summary>What the log tells of one request.</summary>
/// <param name="At">When it ended, UTC.</param>
/// <param name="Path">Without the query, since people put secrets there.</param>
/// <param name="Status">Of the answer; 499 when the client went away before there was one.</param>
/// <param name="Milliseconds">From the request's arrival until the last byte of the answer was sent on.</param>
/// <param name="Identity">Name of the caller; empty when nobody was found behind the credential.</param>
/// <param name="Replica">Host and port that answered; empty when none did.</param>
/// <param name="Client">Address of the connection's other end.</param>
/// <param name="TraceParent">Of the trace, as W3C Trace Context writes it.</param>
internal readonly record struct RequestLine(
    DateTimeOffset At, string Method, string Path, int Status, double Milliseconds, string Identity, string Workspace, string Replica, IPAddress? Client,
    string TraceParent);
