using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>What a server's port showed. Only a refusal shows that nobody listens; no answer shows nothing. A closed set.</summary>
internal abstract record PortSight
{
    private PortSight(string words) => Words = words;

    /// <summary>What was seen, for people.</summary>
    public string Words { get; }

    /// <summary>The host itself refuses the connection.</summary>
    public sealed record Nobody() : PortSight("nothing listens on its port");

    /// <summary>A server speaks there.</summary>
    /// <param name="Sight">What it says of itself; null where it lets nobody in, which a server does that lives.</param>
    public sealed record Speaks(ServerSight? Sight) : PortSight("its port answers");

    /// <summary>No word came; nothing follows from it.</summary>
    public sealed record Silent(string What) : PortSight(What);
}

/// <summary>
/// Looks whether a server speaks on its port: PostgreSQL answers the question for TLS with one letter, before anybody has signed in, so that two journeys there and back are enough
/// and no password, certificate or free session is needed.
/// </summary>
internal static class DatabasePort
{
    private static readonly byte[] WouldYouSpeakTls = [0, 0, 0, 8, 4, 210, 22, 47];

    /// <param name="patience">How long a word is waited for.</param>
    public static async Task<PortSight> LookAsync(DatabaseDefinition database, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(database.Target.Hosts[0], database.Target.Port, both.Token).ConfigureAwait(false);
            await socket.SendAsync(WouldYouSpeakTls, both.Token).ConfigureAwait(false);
            return await socket.ReceiveAsync(new byte[1], both.Token).ConfigureAwait(false) > 0
                ? new PortSight.Speaks(null)
                : new PortSight.Silent("its port ends a connection without a word");
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return new PortSight.Nobody();
        }
        catch (SocketException failed)
        {
            return new PortSight.Silent($"its port is not reached ({failed.SocketErrorCode})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PortSight.Silent($"no answer from its port within {Durations.Format(patience)}");
        }
    }
}
