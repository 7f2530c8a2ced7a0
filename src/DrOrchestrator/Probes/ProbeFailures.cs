using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;

namespace DrOrchestrator.Probes;

/// <summary>Turns what went wrong into an outcome and words for people. Only want of our own resources is <c>Unknown</c>; everything else is what a user would have met.</summary>
internal static class ProbeFailures
{
    /// <summary>Where text was cut off.</summary>
    public const char Cut = '\u2026';

    public static Finding Describe(Exception exception, string host, int port)
    {
        if (Find<LookEndedException>(exception) is { } ended)
        {
            return ended.Finding;
        }

        var target = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        if (Find<AuthenticationException>(exception) is { } tls)
        {
            return Finding.Down($"TLS with {target}: {OneLine(tls.Message)}");
        }

        if (Find<SocketException>(exception) is { } socket)
        {
            return socket.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => Finding.Down($"connection refused by {target}"),
                SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted => Finding.Down($"connection reset by {target}"),
                SocketError.HostUnreachable or SocketError.NetworkUnreachable => Finding.Down($"no route to {target}"),
                SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable or SocketError.NetworkDown =>
                    Finding.Unknown($"could not look: {socket.SocketErrorCode} at the orchestrator's own side"),
                _ => Finding.Down($"connection to {target}: {socket.SocketErrorCode}"),
            };
        }

        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } =>
                Finding.Down($"{target} closed the connection before the answer was complete"),
            HttpRequestException or IOException => Finding.Down($"{target}: {OneLine(Innermost(exception).Message)}"),
            _ => Finding.Unknown($"could not look: {exception.GetType().Name}: {OneLine(exception.Message)}"),
        };
    }

    /// <summary>What a resolver said of a name.</summary>
    public static Finding OfName(SocketException exception, string host) => exception.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData => Finding.Down($"the name {host} cannot be resolved"),
        SocketError.TryAgain => Finding.Down($"no name server answers for {host}"),
        _ => Finding.Down($"the name {host} cannot be resolved ({exception.SocketErrorCode})"),
    };

    public static string Within(TimeSpan timeout) => string.Create(CultureInfo.InvariantCulture, $"within {timeout.TotalSeconds:0.###}s");

    /// <summary>
    /// At most that many characters on one line, always text that can be encoded; a target's bytes never break a log, a page or a database. What was cut ends with
    /// <see cref="Cut"/>: by it <see cref="Look.Mask"/> knows where only the beginning of a secret may be left.
    /// </summary>
    public static string OneLine(string text, int longest = 100)
    {
        var isCut = text.Length > longest;
        var length = isCut ? longest - 1 : text.Length;
        length -= isCut && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        var line = string.Create(length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? ' ' : IsHalf(source, i) ? '\uFFFD' : source[i];
            }
        }).Trim();
        return isCut ? line + Cut : line;
    }

    public static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static bool IsHalf(string text, int at) => char.IsHighSurrogate(text[at])
        ? at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1])
        : char.IsLowSurrogate(text[at]) && (at == 0 || !char.IsHighSurrogate(text[at - 1]));

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
