using System.Net.Sockets;
using System.Text.Json;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>What a call to a server or a store that is away, or dies on the way, ends with.</summary>
internal static class NoAnswer
{
    /// <summary>Any of the forms: the handler also lets a bare <see cref="SocketException"/> through when a connection is reset right after it is made.</summary>
    public static bool Is(Exception e) => e is HttpRequestException or IOException or SocketException or OperationCanceledException or JsonException;
}
