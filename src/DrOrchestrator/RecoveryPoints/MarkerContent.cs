using System.Net;
using System.Net.Http.Headers;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>
/// The body of one marker, which can go out once. An HTTP client tries a request again by itself when a kept connection turns out to be dead; one marker would then be
/// two on the wire. It cannot, because the second attempt finds no body. And when the body was never asked for, nothing was sent: the marker is surely not written.
/// </summary>
internal sealed class MarkerContent : HttpContent
{
    private readonly byte[] _body;
    private int _attempts;

    public MarkerContent(byte[] body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>True once a byte of it may have left.</summary>
    public bool HasStarted => Volatile.Read(ref _attempts) > 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _attempts) == 1
            ? stream.WriteAsync(_body, cancellationToken).AsTask()
            : throw new IOException("a marker is sent once");

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
