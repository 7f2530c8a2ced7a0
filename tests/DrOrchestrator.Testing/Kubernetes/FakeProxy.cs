using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>A proxy on loopback that takes CONNECT (in TLS where it has a certificate) or SOCKS5, and notes for whom it opened a tunnel.</summary>
public sealed class FakeProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? _certificate;
    private readonly bool _socks;

    private FakeProxy(bool socks, X509Certificate2? certificate)
    {
        (_socks, _certificate) = (socks, certificate);
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>Host and port of each tunnel, and what was shown for it.</summary>
    public ConcurrentQueue<string> Tunnels { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static FakeProxy Http(X509Certificate2? certificate = null, bool asksForName = false) => new(socks: false, certificate) { AsksForName = asksForName };

    public static FakeProxy Socks5() => new(socks: true, null);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            Stream near = client.GetStream();
            if (_certificate is not null)
            {
                var tls = new SslStream(near);
                await tls.AuthenticateAsServerAsync(_certificate);
                near = tls;
            }

            var (host, port) = _socks ? await SocksAsync(near) : await ConnectAsync(near);
            using var far = new TcpClient();
            await far.ConnectAsync(host, port);
            await near.WriteAsync(_socks ? [5, 0, 0, 1, 0, 0, 0, 0, 0, 0] : "HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            await Task.WhenAny(near.CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near));
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // One of the two has gone.
        }
    }

    private async Task<(string Host, int Port)> ConnectAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var shown = lines.FirstOrDefault(line => line.StartsWith("Proxy-Authorization: Basic ", StringComparison.OrdinalIgnoreCase))?.Split(' ')[^1];
        var target = lines[0].Split(' ')[1];
        if (shown is null && AsksForName)
        {
            await stream.WriteAsync("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            return await ConnectAsync(stream);
        }

        Tunnels.Enqueue(shown is null ? target : $"{target} {Encoding.UTF8.GetString(Convert.FromBase64String(shown))}");
        return (target.Split(':')[0], int.Parse(target.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Whether it opens a tunnel only for who shows a name and a password.</summary>
    public bool AsksForName { get; init; }

    private async Task<(string Host, int Port)> SocksAsync(Stream stream)
    {
        var head = new byte[2];
        await stream.ReadExactlyAsync(head);
        await stream.ReadExactlyAsync(new byte[head[1]]);
        await stream.WriteAsync(new byte[] { 5, 0 });
        var request = new byte[4];
        await stream.ReadExactlyAsync(request);
        var length = new byte[1];
        if (request[3] == 3)
        {
            await stream.ReadExactlyAsync(length);
        }

        var address = new byte[request[3] switch { 1 => 4, 4 => 16, _ => length[0] }];
        await stream.ReadExactlyAsync(address);
        var port = new byte[2];
        await stream.ReadExactlyAsync(port);
        var host = request[3] == 3 ? Encoding.ASCII.GetString(address) : new IPAddress(address).ToString();
        Tunnels.Enqueue($"{host}:{BinaryPrimitives.ReadUInt16BigEndian(port)}");
        return (host, BinaryPrimitives.ReadUInt16BigEndian(port));
    }
}
