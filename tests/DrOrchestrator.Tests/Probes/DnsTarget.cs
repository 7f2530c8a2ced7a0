using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DrOrchestrator.Tests.Probes;

/// <summary>A name server on a real socket (UDP, and TCP on the same port) that answers as a test wants. Counts questions.</summary>
internal sealed class DnsTarget : IAsyncDisposable
{
    private const int HeaderLength = 12;
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<byte[], bool, byte[]?> _answer;
    private readonly Task _serving;
    private readonly bool _keepsOpen;
    private readonly List<Task> _open = [];
    private int _questions;

    /// <param name="answer">From the question and whether it came over TCP; null for silence.</param>
    /// <param name="keepsOpen">A TCP connection stays until the client closes it; otherwise it is closed after one answer.</param>
    public DnsTarget(Func<byte[], bool, byte[]?> answer, bool keepsOpen = false)
    {
        (_answer, _keepsOpen) = (answer, keepsOpen);
        _tcp = new TcpListener(IPAddress.Loopback, 0);
        _tcp.Start();
        _udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, Port));
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public int Port => ((IPEndPoint)_tcp.LocalEndpoint).Port;

    public int Questions => Volatile.Read(ref _questions);

    /// <summary>TCP connections that were made.</summary>
    public int Connections
    {
        get
        {
            lock (_open)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Completes when the client has closed every connection that is kept open.</summary>
    public Task AllClosed
    {
        get
        {
            lock (_open)
            {
                return Task.WhenAll(_open);
            }
        }
    }

    /// <summary>Answers every question with these records.</summary>
    public static DnsTarget Answering(int rcode, params (ushort Type, byte[] Data)[] records) => new((question, _) => Answer(question, rcode, cut: false, records));

    public static byte[] Answer(byte[] question, int rcode, bool cut, params (ushort Type, byte[] Data)[] records)
    {
        var end = HeaderLength;
        while (question[end] != 0)
        {
            end += question[end] + 1;
        }

        end += 5;
        using var answer = new MemoryStream();
        answer.Write(question, 0, end);
        foreach (var (type, data) in records)
        {
            answer.Write([0xC0, HeaderLength, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 1, 44, (byte)(data.Length >> 8), (byte)data.Length]);
            answer.Write(data);
        }

        var bytes = answer.ToArray();
        bytes[2] = (byte)(0x81 | (cut ? 2 : 0));
        bytes[3] = (byte)(0x80 | rcode);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)records.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), 0);
        return bytes;
    }

    public static byte[] Name(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    public static byte[] Number(params ushort[] numbers) => [.. numbers.SelectMany(number => (byte[])[(byte)(number >> 8), (byte)number])];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _tcp.Stop();
        _udp.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        try
        {
            while (true)
            {
                var question = await _udp.ReceiveAsync(_stop.Token);
                Interlocked.Increment(ref _questions);
                if (_answer(question.Buffer, false) is { } answer)
                {
                    await _udp.SendAsync(answer, question.RemoteEndPoint, _stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                var client = await _tcp.AcceptTcpClientAsync(_stop.Token);
                if (!_keepsOpen)
                {
                    await TalkAsync(client);
                    continue;
                }

                lock (_open)
                {
                    _open.Add(TalkAsync(client));
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException or IOException or InvalidOperationException)
        {
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var connection = client;
        var stream = client.GetStream();
        var length = new byte[2];
        do
        {
            if (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: !_keepsOpen, _stop.Token) < 2)
            {
                return;
            }

            var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(question, _stop.Token);
            Interlocked.Increment(ref _questions);
            if (_answer(question, true) is { } answer)
            {
                await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], _stop.Token);
            }
            else
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
            }
        }
        while (_keepsOpen);
    }
}
