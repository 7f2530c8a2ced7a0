using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>
/// Serves <c>pods/exec</c> over a WebSocket (<c>v5.channel.k8s.io</c>, <c>v4.channel.k8s.io</c>): the first byte of a message is its channel, 0 to 2 the standard streams, 3 how the command ended, and
/// 255 in version 5 ends the stream named by the next byte. A client that leaves ends the command's input only.
/// </summary>
internal sealed class ExecRequests(ObjectStore store, NodeAgent node)
{
    private const byte Input = 0;
    private const byte Output = 1;
    private const byte Error = 2;
    private const byte Status = 3;
    private const byte Close = 255;
    private const int Block = 16 * 1024;

    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    public async Task HandleAsync(ApiRequest request, ObjectKey key, CancellationToken stopping)
    {
        var http = request.Http;
        if (!http.WebSockets.IsWebSocketRequest || Array.Find(Protocols, http.WebSockets.WebSocketRequestedProtocols.Contains) is not { } protocol)
        {
            throw ApiRefusal.BadRequest("Upgrade request required");
        }

        var pod = (store.Find(key) ?? throw ApiRefusal.NotFound(key)).Parse();
        var container = LogRequests.ContainerOf(request, key, pod);
        string[] command = [.. http.Request.Query["command"].OfType<string>()];
        if (command.Length == 0)
        {
            throw ApiRefusal.BadRequest("you must specify at least one command for the container");
        }

        var exec = node.Exec(pod.Text("metadata", "uid")!, container, command) ?? throw ApiRefusal.Internal($"unable to upgrade connection: container not found (\"{container}\")");
        using var socket = await http.WebSockets.AcceptWebSocketAsync(protocol);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, http.RequestAborted);
        var takesInput = IsTrue(http.Request.Query["stdin"]);
        if (!takesInput)
        {
            // As a container's runtime gives it none at all.
            await EndInputAsync(exec);
        }

        var feeding = FeedAsync(socket, exec, takesInput, ends.Token);
        try
        {
            using var turn = new SemaphoreSlim(1);
            var streams = Task.WhenAll(SendAsync(socket, turn, Output, exec.Output, ends.Token), SendAsync(socket, turn, Error, exec.Error, ends.Token));
            var code = await exec.Exited.WaitAsync(ends.Token);
            if (code is null)
            {
                // The container went away under it: nobody is left to say how it ended.
                http.Abort();
                await streams;
                return;
            }

            await streams;
            await socket.SendAsync((byte[])[Status, .. Encoding.UTF8.GetBytes(StatusOf(code.Value).ToJsonString())], WebSocketMessageType.Binary, endOfMessage: true, ends.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", ends.Token);

            // Given up, a read breaks the connection off, and with it what is still on its way: the client closes or leaves first.
            await feeding;
        }
        catch (Exception problem) when (problem is WebSocketException or IOException or OperationCanceledException)
        {
            // The client left. The command goes on, as in a real container.
        }
        finally
        {
            await ends.CancelAsync();
            await feeding;
        }
    }

    private static JsonObject StatusOf(int code)
    {
        var status = new JsonObject { ["metadata"] = new JsonObject(), ["status"] = code == 0 ? "Success" : "Failure" };
        if (code != 0)
        {
            var text = code.ToString(CultureInfo.InvariantCulture);
            status["message"] = $"command terminated with non-zero exit code: exit status {text}";
            status["reason"] = "NonZeroExitCode";
            status["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = text }) };
        }

        return status;
    }

    private static async Task SendAsync(WebSocket socket, SemaphoreSlim turn, byte channel, Stream from, CancellationToken cancellationToken)
    {
        var block = new byte[Block];
        block[0] = channel;
        int count;
        while ((count = await from.ReadAsync(block.AsMemory(1), cancellationToken)) > 0)
        {
            await turn.WaitAsync(cancellationToken);
            try
            {
                await socket.SendAsync(block.AsMemory(0, count + 1), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
            finally
            {
                turn.Release();
            }
        }
    }

    private static async Task FeedAsync(WebSocket socket, ContainerExec exec, bool takesInput, CancellationToken cancellationToken)
    {
        try
        {
            var block = new byte[Block];
            byte? channel = null;
            while (true)
            {
                var got = await socket.ReceiveAsync(block.AsMemory(), cancellationToken);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                var from = 0;
                if (channel is null && got.Count > 0)
                {
                    (channel, from) = (block[0], 1);
                }

                if (channel == Close && got.Count > from && block[from] == Input)
                {
                    break;
                }

                if (channel == Input && takesInput && got.Count > from)
                {
                    await exec.Input.WriteAsync(block.AsMemory(from, got.Count - from), cancellationToken);
                    await exec.Input.FlushAsync(cancellationToken);
                }

                channel = got.EndOfMessage ? null : channel;
            }
        }
        catch (Exception problem) when (problem is WebSocketException or IOException or OperationCanceledException)
        {
            // Nobody writes any more.
        }

        await EndInputAsync(exec);
    }

    private static async Task EndInputAsync(ContainerExec exec)
    {
        try
        {
            await exec.Input.DisposeAsync();
        }
        catch (IOException)
        {
            // It has ended without reading everything.
        }
    }

    private static bool IsTrue(string? text) => text is "true" or "1";
}
