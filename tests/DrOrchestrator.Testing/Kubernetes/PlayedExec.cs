using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>
/// Serves <c>pods/exec</c> over a WebSocket (<c>v5.channel.k8s.io</c>, <c>v4.channel.k8s.io</c>) as an API server does and, from 1.36 on, a kubelet that declares ExtendWebSocketsToKubelet; or over SPDY, as every kubelet.
/// Nothing runs: what a command says, and how it ends, is played by the test.
/// </summary>
public sealed class PlayedExec
{
    /// <summary>Declared by a kubelet that speaks WebSockets itself; on by default from 1.36 on.</summary>
    public const string Feature = "ExtendWebSocketsToKubelet";

    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    /// <summary>Every command that a connection was opened for.</summary>
    public ConcurrentQueue<PlayedCommand> Commands { get; } = new();

    /// <summary>Answers before a connection is opened; it is not opened when it returns true.</summary>
    public Func<HttpContext, Task<bool>>? Refuse { get; set; }

    /// <summary>Says what the command says, and how it ends; exit code 0, without a word, where it is not set.</summary>
    public Func<PlayedCommand, Task>? Play { get; set; }

    /// <summary>Takes every request whose path has <c>exec</c> in it.</summary>
    public async Task<bool> TakeAsync(HttpContext http)
    {
        if (http.Request.Path.Value?.Split('/').Contains("exec") != true)
        {
            return false;
        }

        if (Refuse is { } refuse && await refuse(http))
        {
            return true;
        }

        if (PlayedSpdy.IsAsked(http))
        {
            await PlayAsync(http, async () => await PlayedSpdy.OpenAsync(http));
            return true;
        }

        if (!http.WebSockets.IsWebSocketRequest || Array.Find(Protocols, http.WebSockets.WebSocketRequestedProtocols.Contains) is not { } protocol)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return true;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync(protocol);
        await PlayAsync(http, () => Task.FromResult<IPlayedLine>(new SocketLine(socket)));
        return true;
    }

    private async Task PlayAsync(HttpContext http, Func<Task<IPlayedLine>> open)
    {
        try
        {
            var command = new PlayedCommand(http, await open());
            Commands.Enqueue(command);
            await (Play ?? (one => one.ExitAsync(0)))(command);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            // The client left.
        }
    }
}

/// <summary>What a command is connected by.</summary>
internal interface IPlayedLine
{
    Task SendAsync(byte channel, byte[] bytes, CancellationToken cancellationToken);

    /// <summary>Closed in good order, and by the other end too.</summary>
    Task LeaveAsync(CancellationToken cancellationToken);

    /// <summary>Until the client says something, or leaves; how many bytes it has said.</summary>
    Task<int> HearAsync(CancellationToken cancellationToken);
}

/// <summary>By a WebSocket: the first byte of a message is its channel.</summary>
internal sealed class SocketLine(WebSocket socket) : IPlayedLine
{
    public Task SendAsync(byte channel, byte[] bytes, CancellationToken cancellationToken) => socket.SendAsync((byte[])[channel, .. bytes], WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    public async Task SendInFramesAsync(byte channel, byte[] bytes, int cut, CancellationToken cancellationToken)
    {
        await socket.SendAsync((byte[])[channel, .. bytes[..cut]], WebSocketMessageType.Binary, endOfMessage: false, cancellationToken);
        await socket.SendAsync(bytes[cut..], WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
    }

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken);
        _ = await HearAsync(cancellationToken);
    }

    public async Task<int> HearAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await socket.ReceiveAsync(new byte[1024].AsMemory(), cancellationToken)).Count;
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            return 0;
        }
    }
}

/// <summary>A command whose connection is open.</summary>
public sealed class PlayedCommand
{
    internal const byte Input = 0;
    internal const byte Output = 1;
    internal const byte Error = 2;
    internal const byte Status = 3;

    private const int Block = 16 * 1024;
    private const int MostOnTheWay = 32 * 1024 * 1024;

    private readonly HttpContext _http;
    private readonly IPlayedLine _line;

    internal PlayedCommand(HttpContext http, IPlayedLine line)
    {
        (_http, _line) = (http, line);
        Words = [.. http.Request.Query["command"].OfType<string>()];
        Query = http.Request.QueryString.ToString();
    }

    /// <summary>Program and arguments.</summary>
    public IReadOnlyList<string> Words { get; }

    public string Query { get; }

    public Task SayAsync(string text) => SayAsync(Encoding.UTF8.GetBytes(text));

    public Task SayAsync(byte[] bytes) => SendAsync(Output, bytes);

    /// <summary>More than all the buffers on the way hold, so that the client is in the middle of it.</summary>
    public async Task SayALotAsync()
    {
        var block = new byte[Block];
        for (var i = 0; i < MostOnTheWay / Block; i++)
        {
            await SayAsync(block);
        }
    }

    public Task ComplainAsync(string text) => SendAsync(Error, Encoding.UTF8.GetBytes(text));

    /// <summary>One message in two frames, cut where the test wants; by a WebSocket alone.</summary>
    public Task SayInFramesAsync(byte[] bytes, int cut) => ((SocketLine)_line).SendInFramesAsync(Output, bytes, cut, _http.RequestAborted);

    public Task ExitAsync(int code)
    {
        var text = code.ToString(CultureInfo.InvariantCulture);
        return EndAsync(code == 0 ? new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" } : new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"command terminated with non-zero exit code: exit status {text}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = text }) },
        });
    }

    /// <summary>As a kubelet tells what its runtime could not do.</summary>
    public Task FailAsync(string message) =>
        EndAsync(new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = $"Internal error occurred: {message}", ["reason"] = "InternalError", ["code"] = 500 });

    /// <summary>The connection is closed in good order, without a status.</summary>
    public Task LeaveAsync() => _line.LeaveAsync(_http.RequestAborted);

    /// <summary>The connection is cut, without a word.</summary>
    public void Cut() => _http.Abort();

    /// <summary>Until the client says something, or leaves; how many bytes it has said.</summary>
    public Task<int> HearAsync() => _line.HearAsync(_http.RequestAborted);

    private async Task EndAsync(JsonObject status)
    {
        await SendAsync(Status, Encoding.UTF8.GetBytes(status.ToJsonString()));
        await LeaveAsync();
    }

    private Task SendAsync(byte channel, byte[] bytes) => _line.SendAsync(channel, bytes, _http.RequestAborted);
}
