using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// The other servers of a cluster, asked before one of them is promoted: that the old primary is fenced says nothing of a third server that somebody has promoted meanwhile. Who
/// does not say counts as one that may accept writes.
/// </summary>
internal sealed class OtherServers(DatabaseHosts hosts, DatabaseSessions sessions, TimeProvider time)
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);

    /// <summary>What is known, and what keeps anybody from being promoted, of every database of the system but the fenced one.</summary>
    public async Task<(IReadOnlyList<string> Facts, IReadOnlyList<string> Missing)> LookAsync(
        Estate estate, DatabaseDefinition fenced, string systemId, CancellationToken cancellationToken)
    {
        var others = estate.Databases.Where(other => other.System == fenced.System && other.Name != fenced.Name);
        var seen = await Task.WhenAll(others.Select(other => JudgeAsync(estate, other, systemId, cancellationToken))).ConfigureAwait(false);
        return ([.. seen.Where(one => one.IsSafe).Select(one => one.Words)], [.. seen.Where(one => !one.IsSafe).Select(one => one.Words)]);
    }

    /// <summary>
    /// Why a standby must not be promoted beside others of its cluster that answer: one is a primary, or has received more, so that acknowledged rows may be there only. Null for
    /// none. Those that do not answer are not held against it here.
    /// </summary>
    /// <param name="except">The fenced server, which is proved by itself; null where the plan's fence is of another kind.</param>
    public async Task<string?> ObjectionAsync(Estate estate, DatabaseDefinition promoted, string? except, ServerSight now, CancellationToken cancellationToken)
    {
        var others = estate.Databases.Where(other => other.System == promoted.System && other.Name != promoted.Name && other.Name != except);
        var seen = await Task.WhenAll(others.Select(async other => (other.Name, (await AskAsync(other, cancellationToken).ConfigureAwait(false)).Sight))).ConfigureAwait(false);
        return seen.Select(one => Objection(one.Name, one.Sight, now)).FirstOrDefault(objection => objection is not null);
    }

    /// <summary>The same of one of them. Pure.</summary>
    internal static string? Objection(string name, ServerSight? other, ServerSight now) =>
        other is null || other.SystemId != now.SystemId ? null
        : !other.InRecovery ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} is a primary already, on timeline {other.Timeline}")
        : other.Timeline == now.Timeline && other.Received > now.Received ? $"{name} has received up to {other.Received}, this one up to {now.Received}: acknowledged transactions may be there only"
        : null;

    /// <summary>What a server says of itself; a reason where it does not in time.</summary>
    public async Task<(ServerSight? Sight, string Reason)> AskAsync(DatabaseDefinition database, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(LongestCall, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        try
        {
            return (await sessions.UseAsync(database, "dro", connection => ServerSight.ReadAsync(connection, both.Token), both.Token).ConfigureAwait(false), "");
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return (null, reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"no answer within {LongestCall.TotalSeconds:0}s");
        }
    }

    private async Task<(bool IsSafe, string Words)> JudgeAsync(Estate estate, DatabaseDefinition other, string systemId, CancellationToken cancellationToken)
    {
        var (sight, reason) = await AskAsync(other, cancellationToken).ConfigureAwait(false);
        if (sight is not null)
        {
            return sight.SystemId != systemId ? (true, $"{other.Name} is of another cluster")
                : sight.InRecovery ? (true, $"{other.Name} is in recovery")
                : (false, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{other.Name} is a primary already, on timeline {sight.Timeline}"));
        }

        // One that has ended accepts no writes, if its own host says so.
        var (status, _) = other.Host is null ? (null, "") : await hosts.For(estate).LookAsync(other, cancellationToken).ConfigureAwait(false);
        return status is { Running: false, SharedMemory: false }
            ? (true, $"no process of {other.Name} lives")
            : (false, $"nobody can tell whether {other.Name} accepts writes: {reason}");
    }
}
