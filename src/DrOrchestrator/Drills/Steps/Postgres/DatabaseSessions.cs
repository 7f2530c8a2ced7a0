using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints.Postgres;
using DrOrchestrator.Time;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>A session of its own for each question a step has: nothing of an earlier one is believed.</summary>
internal sealed class DatabaseSessions(ProcessClock clock)
{
    private const int LongestName = 63;

    /// <summary>Opens a session, uses it and closes it.</summary>
    /// <param name="name">How the server's own list of sessions names it (<c>application_name</c>), so that one left behind can be found again.</param>
    /// <exception cref="PostgresUnreachableException">The server could not be asked, or went away meanwhile.</exception>
    /// <exception cref="PostgresException">It refused a statement.</exception>
    public async Task<T> UseAsync<T>(DatabaseDefinition database, string name, Func<NpgsqlConnection, Task<T>> use, CancellationToken cancellationToken)
    {
        // A step has its own time, which is its plan's to say: nothing shorter ends its statements.
        var session = new PostgresSession(clock, name, commandSeconds: 0);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                return await session.UseAsync(database.Target, use, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is PostgresException ended ? IsAway(ended) : exception is NpgsqlException or SocketException or IOException or TimeoutException)
            {
                throw PostgresSession.Unreachable(exception, ServerOf(database));
            }
        }
    }

    /// <summary>A name for a session by a marker. Longer ones, which PostgreSQL would cut, end with a digest of all of it.</summary>
    public static string NameOf(string marker) =>
        marker.Length <= LongestName ? marker : $"{marker[..(LongestName - 17)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(marker)))[..16]}";

    /// <summary>The server ends, starts, or has no session left to give: it has said nothing of the statement.</summary>
    private static bool IsAway(PostgresException exception) => exception.SqlState[..2] is "08" or "53" || exception.SqlState.StartsWith("57P", StringComparison.Ordinal);

    public static string ServerOf(DatabaseDefinition database) =>
        string.Create(CultureInfo.InvariantCulture, $"{database.Name} ({string.Join(", ", database.Target.Hosts)}:{database.Target.Port})");
}
