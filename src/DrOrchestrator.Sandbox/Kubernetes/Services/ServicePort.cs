using System.Net;
using System.Net.Sockets;

namespace DrOrchestrator.Sandbox.Kubernetes.Services;

/// <summary>A ready pod behind a service.</summary>
internal sealed record Backend(string Uid, int Port);

/// <summary>One service's port on 127.0.0.1. It stays bound, so no outgoing connection gets it; while it does not listen the kernel refuses connections.</summary>
internal sealed class ServicePort : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Connection, string> _connections = [];
    private readonly Socket _socket;
    private readonly Silence _silence;
    private bool _listening;
    private IReadOnlyList<Backend> _backends = [];
    private int _turn;

    /// <exception cref="SocketException">Someone else has the port.</exception>
    public ServicePort(int number, Silence? silence = null)
    {
        Number = number;
        _silence = silence ?? Silence.Never;
        _socket = Bind(number);
    }

    public int Number { get; }

    /// <summary>
    /// Forwards new connections to these; connections to pods that are no longer among <paramref name="alive"/> are broken. During a silence nothing is broken or refused, and
    /// it is to be called again after it.
    /// </summary>
    /// <exception cref="SocketException">Someone else listens on the port just now; call again later.</exception>
    public void Serve(IReadOnlyList<Backend> backends, IReadOnlySet<string> alive)
    {
        lock (_gate)
        {
            _backends = backends;
            var isSilent = _silence.IsOn;
            foreach (var connection in _connections.Where(pair => !isSilent && !alive.Contains(pair.Value)).Select(pair => pair.Key).ToList())
            {
                connection.Break();
            }

            if ((backends.Count > 0 || isSilent) && !_listening)
            {
                _socket.Listen(512);
                _listening = true;
                _ = AcceptAsync(_socket);
            }
            else if (backends.Count == 0 && !isSilent && _listening)
            {
                // Not closed and bound anew: a pod that is just being forked still holds the old one, and the port would be taken. Linux ends the listening and keeps the binding.
                _listening = false;
                _socket.Shutdown(SocketShutdown.Both);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _listening = false;
            _backends = [];
            _silence.End();
            _socket.Dispose();
            foreach (var connection in _connections.Keys)
            {
                connection.Break();
            }
        }
    }

    private static Socket Bind(int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, number));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = ForwardAsync(client);
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        await _silence.OverAsync();
        Connection connection;
        Backend backend;
        lock (_gate)
        {
            if (_backends.Count == 0)
            {
                Connection.Reset(client);
                return;
            }

            backend = _backends[_turn++ % _backends.Count];
            connection = new Connection(client, _silence);
            _connections[connection] = backend.Uid;
        }

        await connection.RunAsync(backend.Port);
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }
}
