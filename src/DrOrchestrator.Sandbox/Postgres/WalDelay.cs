using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;
using DrOrchestrator.Sandbox.Kubernetes.Services;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// What a primary sends to its standby: the beginning of the conversation at once, the stream of the log as old as the line's delay, and not at all while replication is
/// stalled. What is under way when the primary ends is lost with it, as in a queue on its own host; a clean shutdown loses nothing, since PostgreSQL waits for the standby to
/// confirm the end of the log.
/// </summary>
internal sealed class WalDelay(LinkTerms terms, Silence silence)
{
    /// <summary>CopyBothResponse: from here on the server streams (PostgreSQL's protocol 3, message formats).</summary>
    private const byte StreamBegins = (byte)'W';
    private const int HeaderLength = 5;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private readonly Channel<(long ReadAt, bool IsStream, byte[] Bytes)> _underWay = Channel.CreateBounded<(long, bool, byte[])>(4096);
    private readonly byte[] _header = new byte[HeaderLength];
    private int _headerRead;
    private int _bodyLeft;
    private bool _streams;

    /// <summary>Ends when either side does.</summary>
    public async Task PassAsync(Socket primary, Socket standby, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task sending = SendAsync(standby, ended.Token);
        Task reading = ReadAsync(primary, ended.Token);
        await Task.WhenAny(sending, reading).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(sending, reading).ConfigureAwait(false);
    }

    public static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes, cancellationToken).ConfigureAwait(false)..];
        }
    }

    private async Task ReadAsync(Socket primary, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await primary.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false)) > 0)
        {
            // Where the stream begins in the middle of what was read, the few messages before it are delayed with it.
            Follow(buffer.AsSpan(0, count));
            await _underWay.Writer.WriteAsync((terms.Time.GetTimestamp(), _streams, buffer[..count]), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(Socket standby, CancellationToken cancellationToken)
    {
        await foreach (var (readAt, isStream, bytes) in _underWay.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            while (isStream && (terms.Faults().ReplicationIsStalled || terms.Time.GetElapsedTime(readAt) < (terms.Faults().DelayOfReplication ?? terms.Delay)))
            {
                await Task.Delay(Look, terms.Time, cancellationToken).ConfigureAwait(false);
            }

            await silence.OverAsync().ConfigureAwait(false);
            await SendAsync(standby, bytes, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Follows the messages (a byte for the type, four for the length without the type) until the one after which the server streams.</summary>
    private void Follow(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && !_streams)
        {
            if (_bodyLeft > 0)
            {
                int skipped = Math.Min(_bodyLeft, bytes.Length);
                _bodyLeft -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            _header[_headerRead++] = bytes[0];
            bytes = bytes[1..];
            if (_headerRead == HeaderLength)
            {
                _headerRead = 0;
                _bodyLeft = BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(1)) - sizeof(int);
                _streams = _header[0] == StreamBegins;
            }
        }
    }
}
