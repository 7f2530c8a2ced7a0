using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DrOrchestrator.Tests.Probes;

/// <summary>A target on a real socket that behaves as badly as a test wants. Counts connections and requests.</summary>
internal sealed class TcpTarget : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, CancellationToken, Task> _behaviour;
    private readonly Task _accepting;
    private int _connections;

    public TcpTarget(Func<Stream, CancellationToken, Task> behaviour)
    {
        _behaviour = behaviour;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/");

    public int Connections => Volatile.Read(ref _connections);

    public static TcpTarget Answering(string status, string body, Action<string>? seen = null) => new(async (stream, token) =>
    {
        while (await ReadRequestAsync(stream, token) is { Length: > 0 } request)
        {
            seen?.Invoke(request);
            await WriteAsync(stream, $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}", token);
        }
    });

    public static Task WriteAsync(Stream stream, string text, CancellationToken token) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask();

    /// <summary>Reads one request with its body; empty when the client has closed.</summary>
    public static async Task<string> ReadRequestAsync(Stream stream, CancellationToken token)
    {
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, token);
            if (read == 0)
            {
                return "";
            }

            request.Append(Encoding.UTF8.GetString(buffer, 0, read));
            var text = request.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && text.Length >= end + 4 + LengthOf(text))
            {
                return text;
            }
        }
    }

    public static X509Certificate2 ExpiredCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    public static async Task<Stream> SecureAsync(Stream stream, X509Certificate2 certificate, CancellationToken token)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, token);
        return secure;
    }

    public async ValueTask DisposeAsync()
    {
        // Twice is fine: a test may end a target early. The source has no timer and needs no disposal.
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    private static int LengthOf(string request)
    {
        const string Name = "content-length:";
        var at = request.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(request[(at + Name.Length)..request.IndexOf('\r', at)].Trim());
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _behaviour(client.GetStream(), _stop.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
            }
        }
    }
}
