using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using k8s;

namespace DrOrchestrator.Kubernetes;

/// <summary>A command, and the container that it is for.</summary>
/// <param name="Words">Program and arguments, each handed over as it stands; there is no shell.</param>
internal sealed record PodCommand(string Namespace, string Pod, string Container, IReadOnlyList<string> Words);

/// <summary>What a command in a container has said so far; still there when the connection is cut, or the wait given up.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ExecStreams(ExecOutput Output, ExecOutput Error)
{
    /// <summary>A longer standard output than is kept is no answer: it is read no further.</summary>
    public bool NeedsWholeOutput { get; init; }
}

/// <summary>How a command in a container ended, as far as its connection tells. A closed set.</summary>
internal abstract record PodExecEnd
{
    private PodExecEnd()
    {
    }

    /// <summary>The connection was not opened. A command that waits for input was never given it, and never will be.</summary>
    /// <param name="Reason">For people.</param>
    internal sealed record NotBegun(string Reason) : PodExecEnd
    {
        /// <summary>Nothing runs, not even a command that waits for no input: nothing was sent, or the cluster said no. Else the answer to the request is missing.</summary>
        public bool IsSure { get; init; }

        /// <summary>A right is missing; which one the cluster does not always say (1.36 does not, of the second that it asks for).</summary>
        public bool IsForbidden { get; init; }
    }

    /// <summary>The cluster took the request, and says that the program was not started.</summary>
    /// <param name="Reason">For people.</param>
    internal sealed record NotStarted(string Reason) : PodExecEnd;

    /// <summary>It ended, by the word of the cluster's status channel.</summary>
    internal sealed record Ended(int ExitCode) : PodExecEnd;

    /// <summary>The connection ended before it said how; the command may go on.</summary>
    /// <param name="Reason">For people.</param>
    internal sealed record Broken(string Reason) : PodExecEnd;
}

/// <summary>
/// A command in a container by <c>pods/exec</c>, over a WebSocket of the same client, so that its TLS, its credentials and what bounds its requests hold here too. Either it is given input, and must do
/// nothing before it has read all of it; or it has none, and begins as soon as the cluster has the request.
/// </summary>
internal static class PodExec
{
    private const byte Input = 0;
    private const byte Output = 1;
    private const byte Error = 2;
    private const byte Status = 3;
    private const int Block = 16 * 1024;
    private const int MostStatus = 64 * 1024;

    /// <summary>Version 5 alone can end the standard input.</summary>
    private static readonly string[] WithInput = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    /// <summary>
    /// Version 4 goes unchanged to the container's runtime. Version 5 is translated to SPDY on the way, by API servers before 1.36 and by kubelets from then on, and whoever translates says "Success"
    /// where that connection ends without a word (client-go, watchErrorStream; seen on 1.36.2): a command of which nothing is known would pass for done.
    /// </summary>
    private static readonly string[] WithoutInput = ["v4.channel.k8s.io"];

    /// <summary>A command that acts only once it has all of its input.</summary>
    /// <param name="beforeInput">Asked once, right before the first byte leaves; what it throws goes through.</param>
    /// <exception cref="OperationCanceledException">It was given up; what the command does nobody knows.</exception>
    public static async Task<PodExecEnd> RunAsync(
        IKubernetes client, PodCommand command, ReadOnlyMemory<byte> input, Action beforeInput, ExecStreams streams, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        if (await ConnectAsync(socket, (k8s.Kubernetes)client, command, takesInput: true, () => { }, cancellationToken).ConfigureAwait(false) is { } not)
        {
            return not;
        }

        beforeInput();
        try
        {
            for (var at = 0; at < input.Length; at += Block)
            {
                var part = input.Slice(at, Math.Min(Block, input.Length - at));
                await socket.SendAsync((byte[])[Input, .. part.Span], WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
            }

            return await ReadAsync(socket, streams, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or System.Net.Sockets.SocketException)
        {
            return new PodExecEnd.Broken($"the connection to its container was cut: {e.Message}");
        }
    }

    /// <summary>A command without input: its standard input is empty.</summary>
    /// <param name="beforeSending">Asked once, right before the request leaves; what it throws goes through. Behind it the command may begin.</param>
    /// <exception cref="OperationCanceledException">It was given up; what the command does nobody knows.</exception>
    public static async Task<PodExecEnd> RunAsync(IKubernetes client, PodCommand command, Action beforeSending, ExecStreams streams, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        if (await ConnectAsync(socket, (k8s.Kubernetes)client, command, takesInput: false, beforeSending, cancellationToken).ConfigureAwait(false) is { } not)
        {
            return not;
        }

        try
        {
            return await ReadAsync(socket, streams, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or System.Net.Sockets.SocketException)
        {
            return new PodExecEnd.Broken($"the connection to its container was cut: {e.Message}");
        }
    }

    /// <summary>Null once it is open; else why not.</summary>
    private static async Task<PodExecEnd.NotBegun?> ConnectAsync(
        ClientWebSocket socket, k8s.Kubernetes client, PodCommand command, bool takesInput, Action beforeSending, CancellationToken cancellationToken)
    {
        Array.ForEach(takesInput ? WithInput : WithoutInput, socket.Options.AddSubProtocol);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(5);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
        using var heard = new HeardAnswer(client.HttpClient);
        using var invoker = new HttpMessageInvoker(heard);
        try
        {
            await AuthorizeAsync(socket, client, cancellationToken).ConfigureAwait(false);
            beforeSending();
            await socket.ConnectAsync(AddressOf(client.BaseUri, command, takesInput), invoker, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (WebSocketException e) when (socket.HttpStatusCode is var status && status != 0)
        {
            var refusal = status == HttpStatusCode.SwitchingProtocols ? new ClusterFailure(status, $"{(int)status} {e.Message}") : ClusterFailure.Of(status, heard.Body, status.ToString());
            return new PodExecEnd.NotBegun($"{refusal.Reason.TrimEnd(':')}: the cluster lets nobody into container {command.Container} of pod {command.Pod}")
            {
                IsSure = refusal.IsRefusal || ExecRefusals.IsSure(refusal.Reason),
                IsForbidden = status == HttpStatusCode.Forbidden,
            };
        }
        catch (WebSocketException e)
        {
            return new PodExecEnd.NotBegun((e.InnerException is { } inner ? ClusterFailure.Of(inner, cancellationToken)?.Reason : null) ?? e.Message) { IsSure = WasNotSent(e.InnerException) };
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new PodExecEnd.NotBegun(failure.Reason) { IsSure = failure.IsRefusal || WasNotSent(e) };
        }
    }

    /// <summary>There was no connection that the request could have gone over.</summary>
    private static bool WasNotSent(Exception? exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError,
    };

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

    private static Uri AddressOf(Uri server, PodCommand command, bool takesInput)
    {
        var words = string.Concat(command.Words.Select(word => $"&command={Uri.EscapeDataString(word)}"));
        var path = $"{server.AbsolutePath.TrimEnd('/')}/api/v1/namespaces/{Uri.EscapeDataString(command.Namespace)}/pods/{Uri.EscapeDataString(command.Pod)}/exec";
        var address = new UriBuilder(new Uri(server, path))
        {
            Query = $"container={Uri.EscapeDataString(command.Container)}&stdin={(takesInput ? "true" : "false")}&stdout=true&stderr=true&tty=false{words}",
        };
        address.Scheme = address.Scheme == "http" ? "ws" : "wss";
        return address.Uri;
    }

    private static async Task<PodExecEnd> ReadAsync(ClientWebSocket socket, ExecStreams streams, CancellationToken cancellationToken)
    {
        var status = new ExecOutput(MostStatus, 0);
        var block = new byte[Block];
        byte? channel = null;
        while (true)
        {
            var got = await socket.ReceiveAsync(block.AsMemory(), cancellationToken).ConfigureAwait(false);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken).ConfigureAwait(false);
                return End(status);
            }

            var from = channel is null && got.Count > 0 ? 1 : 0;
            channel ??= got.Count > 0 ? block[0] : null;
            var into = channel switch { Output => streams.Output, Error => streams.Error, Status => status, _ => null };
            into?.Add(block.AsSpan(from, got.Count - from));
            if (into is { IsCut: true } && (channel is Status || (channel is Output && streams.NeedsWholeOutput)))
            {
                return new PodExecEnd.Broken(string.Create(CultureInfo.InvariantCulture, $"it says more than {into.Kept} bytes"));
            }

            if (channel is Status && got.EndOfMessage)
            {
                // The last there is: the streams were told before it.
                return End(status);
            }

            channel = got.EndOfMessage ? null : channel;
        }
    }

    /// <summary>Without a whole word of the status channel nobody knows how it ended, whatever it has printed.</summary>
    private static PodExecEnd End(ExecOutput status)
    {
        try
        {
            using var said = JsonDocument.Parse(status.Bytes);
            if (CodeOf(said.RootElement) is { } code)
            {
                return new PodExecEnd.Ended(code);
            }

            var words = said.RootElement.TryGetProperty("message", out var message) ? message.ToString() : said.RootElement.ToString();
            return ExecRefusals.IsSure(words) ? new PodExecEnd.NotStarted(words) : new PodExecEnd.Broken($"the cluster does not say with what it ended: {words}");
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

    /// <summary>Sends by the client's own, and keeps what is answered in the place of an open connection: a WebSocket tells its status only.</summary>
    private sealed class HeardAnswer(HttpClient client) : HttpMessageHandler
    {
        public string Body { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
            {
                Body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            }

            return response;
        }
    }
}
