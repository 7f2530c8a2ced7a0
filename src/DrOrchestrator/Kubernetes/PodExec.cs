using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using k8s;

namespace DrOrchestrator.Kubernetes;

/// <summary>How a command in a container ended, as far as its connection tells. A closed set.</summary>
internal abstract record PodExecEnd
{
    private PodExecEnd()
    {
    }

    /// <summary>The command was never given its input, and never will be.</summary>
    internal sealed record NotBegun(string Reason) : PodExecEnd;

    /// <summary>It ended, by the word of the cluster's status channel.</summary>
    internal sealed record Ended(int ExitCode, string Output, string Error) : PodExecEnd;

    /// <summary>The connection ended before it said how; the command may go on.</summary>
    internal sealed record Broken(string Reason) : PodExecEnd;
}

/// <summary>
/// A command in a container by <c>pods/exec</c>, over a WebSocket of the same client, so that its TLS, its credentials and what bounds its requests hold here too. The command must do nothing before
/// it has read all of its input: the input is sent last, after <c>beforeInput</c> has agreed.
/// </summary>
internal static class PodExec
{
    private const byte Input = 0;
    private const byte Output = 1;
    private const byte Error = 2;
    private const byte Status = 3;
    private const int Block = 16 * 1024;
    private const int MostError = 64 * 1024;
    private const int MostStatus = 64 * 1024;

    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    /// <param name="beforeInput">Asked once, right before the first byte leaves; what it throws goes through.</param>
    /// <param name="mostOutput">Bytes of standard output; more is no answer. Of standard error the first 64 KiB are kept.</param>
    /// <exception cref="OperationCanceledException">It was given up; what the command does nobody knows.</exception>
    public static async Task<PodExecEnd> RunAsync(
        IKubernetes client, string ns, string pod, string container, IEnumerable<string> command, ReadOnlyMemory<byte> input, Action beforeInput, int mostOutput, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        if (await ConnectAsync(socket, (k8s.Kubernetes)client, ns, pod, container, command, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            return new PodExecEnd.NotBegun(reason);
        }

        beforeInput();
        try
        {
            for (var at = 0; at < input.Length; at += Block)
            {
                var part = input.Slice(at, Math.Min(Block, input.Length - at));
                await socket.SendAsync((byte[])[Input, .. part.Span], WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
            }

            return await ReadAsync(socket, mostOutput, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or System.Net.Sockets.SocketException)
        {
            return new PodExecEnd.Broken($"the connection to its container was cut: {e.Message}");
        }
    }

    /// <summary>Null once it is open; else why not.</summary>
    private static async Task<string?> ConnectAsync(
        ClientWebSocket socket, k8s.Kubernetes client, string ns, string pod, string container, IEnumerable<string> command, CancellationToken cancellationToken)
    {
        Array.ForEach(Protocols, socket.Options.AddSubProtocol);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(5);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
        try
        {
            await AuthorizeAsync(socket, client, cancellationToken).ConfigureAwait(false);
            await socket.ConnectAsync(AddressOf(client.BaseUri, ns, pod, container, command), client.HttpClient, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (WebSocketException e) when (socket.HttpStatusCode is var status && status != 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{(int)status} {(status == HttpStatusCode.SwitchingProtocols ? e.Message : status)}: the cluster lets nobody into container {container} of pod {pod}");
        }
        catch (WebSocketException e)
        {
            return (e.InnerException is { } inner ? ClusterFailure.Of(inner, cancellationToken)?.Reason : null) ?? e.Message;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return failure.Reason;
        }
    }

    private static async Task AuthorizeAsync(ClientWebSocket socket, k8s.Kubernetes client, CancellationToken cancellationToken)
    {
        socket.Options.SetRequestHeader("User-Agent", ClusterConnections.UserAgent);
        if (client.Credentials is null)
        {
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, client.BaseUri);
        await client.Credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        foreach (var (name, values) in request.Headers)
        {
            socket.Options.SetRequestHeader(name, string.Join(", ", values));
        }
    }

    private static Uri AddressOf(Uri server, string ns, string pod, string container, IEnumerable<string> command)
    {
        var words = string.Concat(command.Select(word => $"&command={Uri.EscapeDataString(word)}"));
        var address = new UriBuilder(new Uri(server, $"{server.AbsolutePath.TrimEnd('/')}/api/v1/namespaces/{Uri.EscapeDataString(ns)}/pods/{Uri.EscapeDataString(pod)}/exec"))
        {
            Query = $"container={Uri.EscapeDataString(container)}&stdin=true&stdout=true&stderr=true&tty=false{words}",
        };
        address.Scheme = address.Scheme == "http" ? "ws" : "wss";
        return address.Uri;
    }

    private static async Task<PodExecEnd> ReadAsync(ClientWebSocket socket, int mostOutput, CancellationToken cancellationToken)
    {
        var (output, error, status) = (new MemoryStream(), new MemoryStream(), new MemoryStream());
        var block = new byte[Block];
        byte? channel = null;
        while (true)
        {
            var got = await socket.ReceiveAsync(block.AsMemory(), cancellationToken).ConfigureAwait(false);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken).ConfigureAwait(false);
                return End(status, output, error);
            }

            var from = channel is null && got.Count > 0 ? 1 : 0;
            channel ??= got.Count > 0 ? block[0] : null;
            var (into, most) = channel switch { Output => (output, mostOutput), Error => (error, MostError), Status => (status, MostStatus), _ => (null, 0) };
            var room = most - (into?.Length ?? 0);
            if (channel is Output or Status && got.Count - from > room)
            {
                return new PodExecEnd.Broken(string.Create(CultureInfo.InvariantCulture, $"it says more than {most} bytes"));
            }

            into?.Write(block, from, (int)Math.Min(room, got.Count - from));
            if (channel is Status && got.EndOfMessage)
            {
                // The last there is: the streams were told before it.
                return End(status, output, error);
            }

            channel = got.EndOfMessage ? null : channel;
        }
    }

    /// <summary>Without a whole word of the status channel nobody knows how it ended, whatever it has printed.</summary>
    private static PodExecEnd End(MemoryStream status, MemoryStream output, MemoryStream error)
    {
        try
        {
            using var said = JsonDocument.Parse(status.ToArray());
            return CodeOf(said.RootElement) is { } code
                ? new PodExecEnd.Ended(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()))
                : new PodExecEnd.Broken($"the cluster does not say with what it ended: {(said.RootElement.TryGetProperty("message", out var message) ? message.ToString() : said.RootElement.ToString())}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return new PodExecEnd.Broken("the connection to its container ended without a word of how the command did");
        }
    }

    private static int? CodeOf(JsonElement said) => said.GetProperty("status").GetString() switch
    {
        "Success" => 0,
        "Failure" when said.TryGetProperty("reason", out var reason) && reason.GetString() == "NonZeroExitCode" && said.TryGetProperty("details", out var details) && details.TryGetProperty("causes", out var causes) =>
            causes.EnumerateArray().Where(cause => cause.GetProperty("reason").GetString() == "ExitCode")
                .Select(cause => int.TryParse(cause.GetProperty("message").GetString(), CultureInfo.InvariantCulture, out var code) ? code : (int?)null).FirstOrDefault(),
        _ => null,
    };
}
