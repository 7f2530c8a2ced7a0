using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>
/// Kestrel on 127.0.0.1 and nothing around it: no host, no configuration files, no logging. A lab starts half a dozen processes at once, and a web host in
/// each would cost more than all the rest of the start.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(200);
    private readonly KestrelServer _server;
    private readonly TimeProvider _time;

    private LoopbackServer(KestrelServer server, TimeProvider time)
    {
        _server = server;
        _time = time;
        string address = server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Port = new Uri(address).Port;
    }

    public int Port { get; }

    public Uri Url => UrlOf(Port);

    public static Uri UrlOf(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <param name="port">0 for any free one.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LoopbackServer> StartAsync(int port, RequestDelegate handler, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(IPAddress.Loopback, port);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        try
        {
            await server.StartAsync(new Application(handler), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return new LoopbackServer(server, time);
    }

    public async ValueTask DisposeAsync()
    {
        using var drained = new CancellationTokenSource(Drain, _time);
        await _server.StopAsync(drained.Token).ConfigureAwait(false);
        _server.Dispose();
    }

    private sealed class Application(RequestDelegate handler) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public async Task ProcessRequestAsync(HttpContext context)
        {
            try
            {
                await handler(context).ConfigureAwait(false);
            }
            catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                // Whatever it was, the caller must not take silence for an answer: what it asked for may have been done.
                await Console.Error.WriteLineAsync($"{context.Request.Method} {context.Request.Path} failed: {e}").ConfigureAwait(false);
                await context.AnswerAsync(
                    StatusCodes.Status500InternalServerError, new() { ["inDoubt"] = true, ["reason"] = $"{e.GetType().Name}: {e.Message}" }).ConfigureAwait(false);
            }
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
