using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>
/// The far end of SPDY/3.1 as much as an API server needs of it that translates a WebSocket for a kubelet: before 1.36, or to a node that does not take WebSockets. It opens a stream for the status,
/// then one for the input and for each output that was asked for, in this order; each is answered. Its headers are not read: their order says which is which.
/// </summary>
internal sealed class PlayedSpdy : IPlayedLine
{
    private const string Upgrade = "SPDY/3.1";
    private const string Protocol = "v4.channel.k8s.io";
    private const byte Control = 0x80;
    private const byte Version = 3;
    private const byte SynStream = 1;
    private const byte SynReply = 2;
    private const byte Ping = 6;
    private const byte Fin = 1;
    private const int HeadLength = 8;

    private static readonly (string Query, byte Channel)[] Asked = [("input", PlayedCommand.Input), ("output", PlayedCommand.Output), ("error", PlayedCommand.Error)];

    private readonly Stream _stream;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly MemoryStream _headers = new();
    private readonly ZLibStream _packer;
    private readonly byte[] _channels;
    private readonly Dictionary<byte, int> _opened = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;

    private PlayedSpdy(Stream stream, byte[] channels)
    {
        (_stream, _channels) = (stream, channels);
        _packer = new ZLibStream(_headers, CompressionLevel.Optimal, leaveOpen: true);
    }

    public static bool IsAsked(HttpContext http) => http.Request.Headers.Upgrade == Upgrade && http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Once every stream that the command needs is open.</summary>
    public static async Task<PlayedSpdy> OpenAsync(HttpContext http)
    {
        http.Response.Headers.Upgrade = Upgrade;
        http.Response.Headers["X-Stream-Protocol-Version"] = Protocol;
        byte[] channels = [PlayedCommand.Status, .. Asked.Where(one => http.Request.Query[one.Query] == "1").Select(one => one.Channel)];
        var line = new PlayedSpdy(await http.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync(), channels);
        line._reading = line.ReadAsync(http.RequestAborted);
        await line._ready.Task.WaitAsync(http.RequestAborted);
        return line;
    }

    public Task SendAsync(byte channel, byte[] bytes, CancellationToken cancellationToken) => DataAsync(channel, bytes, 0, cancellationToken);

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        foreach (var channel in _channels.Reverse())
        {
            await DataAsync(channel, [], Fin, cancellationToken);
        }

        await _reading;
    }

    public async Task<int> HearAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        return 0;
    }

    private async Task DataAsync(byte channel, byte[] bytes, byte flags, CancellationToken cancellationToken)
    {
        var head = new byte[HeadLength];
        BinaryPrimitives.WriteInt32BigEndian(head, _opened[channel]);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), bytes.Length);
        head[4] = flags;
        await WriteAsync([.. head, .. bytes], cancellationToken);
    }

    private async Task WriteAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await _stream.WriteAsync(frame, cancellationToken);
            await _stream.FlushAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Until the other end leaves.</summary>
    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var head = new byte[HeadLength];
            while (true)
            {
                await _stream.ReadExactlyAsync(head, cancellationToken);
                var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) & 0xFFFFFF];
                await _stream.ReadExactlyAsync(body, cancellationToken);
                if (head is [Control, Version, 0, SynStream, ..])
                {
                    await OpenedAsync(BinaryPrimitives.ReadInt32BigEndian(body), cancellationToken);
                }
                else if (head is [Control, Version, 0, Ping, ..])
                {
                    await WriteAsync([.. head, .. body], cancellationToken);
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            _ready.TrySetException(new IOException("the other end left", gone));
        }
    }

    private async Task OpenedAsync(int id, CancellationToken cancellationToken)
    {
        // No header at all, as one part of the one compressed stream that all headers of a connection are.
        _headers.SetLength(0);
        _packer.Write(new byte[4]);
        _packer.Flush();
        var headers = _headers.ToArray();
        var frame = new byte[HeadLength + 4 + headers.Length];
        (frame[0], frame[1], frame[3]) = (Control, Version, SynReply);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), 4 + headers.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeadLength), id);
        headers.CopyTo(frame, HeadLength + 4);
        await WriteAsync(frame, cancellationToken);
        _opened[_channels[_opened.Count]] = id;
        if (_opened.Count == _channels.Length)
        {
            _ready.TrySetResult();
        }
    }
}
