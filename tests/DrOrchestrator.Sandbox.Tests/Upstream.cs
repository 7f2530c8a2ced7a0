using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DrOrchestrator.Sandbox.Tests;

/// <summary>What an upstream does with a request it got.</summary>
internal enum UpstreamManner
{
    Answers,
    ResetsAtOnce,
    ClosesAfterTheRequest,
    ClosesInTheMiddleOfTheAnswer,
}

/// <summary>A bare TCP listener in the place of a service, which can break at any point a real one can.</summary>
internal sealed class Upstream : IDisposable
{
    private readonly TcpListener _listener;
    private readonly UpstreamManner _manner;
    private readonly List<string> _requests = [];
    private int _accepted;

    public Upstream(int port, UpstreamManner manner)
    {
        _manner = manner;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public int Accepted => Volatile.Read(ref _accepted);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _accepted);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: the end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            if (_manner == UpstreamManner.ResetsAtOnce)
            {
                client.LingerState = new LingerOption(true, 0);
                return;
            }

            NetworkStream stream = client.GetStream();
            string request = await ReadRequestAsync(stream);
            lock (_requests)
            {
                _requests.Add(request);
            }

            string answer = _manner switch
            {
                UpstreamManner.Answers => "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{\"position\":1,\"epoch\":1}",
                UpstreamManner.ClosesInTheMiddleOfTheAnswer => "HTTP/1.1 201 Created\r\nContent-Length: 24\r\n\r\n{\"pos",
                _ => "",
            };
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
    }

    private static async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains("\"amount\"", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                break;
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
