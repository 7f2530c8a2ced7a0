using System.Net.Sockets;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>What an HTTP call that got no whole answer throws.</summary>
internal static class CallFailure
{
    /// <summary>No connection was made: surely nothing was sent.</summary>
    public static bool NothingWasSent(Exception e) => e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    /// <summary>
    /// Any of the forms. A bare <see cref="SocketException"/> is one: the handler lets it through when a connection is reset in the moment between its being made
    /// and its first use.
    /// </summary>
    public static bool Is(Exception e) => e is HttpRequestException or IOException or SocketException or OperationCanceledException;
}
