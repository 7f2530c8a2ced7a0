using System.Globalization;
using Npgsql;

namespace DrOrchestrator.RecoveryPoints.Postgres;

/// <summary>The answers of one server to <see cref="PostgresQueries"/>.</summary>
internal sealed record PostgresReading
{
    public bool InRecovery { get; private init; }

    public string SystemIdentifier { get; private init; } = "";

    public long Timeline { get; private init; }

    /// <summary>Flushed at a primary, received and flushed (or replayed) at a standby.</summary>
    public long Position { get; private init; }

    public long? Replayed { get; private init; }

    public bool IsPaused { get; private init; }

    public string ApplyDelay { get; private init; } = "";

    public string ClusterName { get; private init; } = "";

    public bool Fsync { get; private init; }

    public double StartedAt { get; private init; }

    public double LoadedAt { get; private init; }

    /// <summary>The session that was asked.</summary>
    public int Session { get; private init; }

    public int MajorVersion { get; private init; }

    /// <summary>A receiver that says it streams; its state is hidden from roles without pg_monitor.</summary>
    public bool HasReceiver { get; private set; }

    public string? Upstream { get; private set; }

    private string? Conninfo { get; set; }

    public string SynchronousCommit { get; private set; } = "";

    public string SynchronousCommitSource { get; private set; } = "";

    public string SynchronousStandbyNames { get; private set; } = "";

    public List<AttachedStandby> Standbys { get; } = [];

    public List<SettingOverride> Overrides { get; } = [];

    public List<(string Name, bool Active, string? WalStatus)> Slots { get; } = [];

    /// <summary>What a standby calls itself at its primary, as far as it can be seen.</summary>
    public string OwnName => ApplicationName(Conninfo) ?? (ClusterName.Length > 0 ? ClusterName : "walreceiver");

    public static async Task<PostgresReading> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var reading = new PostgresReading
        {
            InRecovery = reader.GetBoolean(0),
            SystemIdentifier = reader.GetString(1),
            Timeline = reader.GetInt32(2),
            Position = reader.IsDBNull(3) ? 0 : reader.GetInt64(3),
            Replayed = reader.IsDBNull(4) ? null : reader.GetInt64(4),
            IsPaused = reader.GetBoolean(5),
            ApplyDelay = reader.GetString(6),
            ClusterName = reader.GetString(7),
            Fsync = reader.GetBoolean(8),
            StartedAt = reader.GetDouble(9),
            LoadedAt = reader.GetDouble(10),
            Session = reader.GetInt32(11),
            MajorVersion = reader.GetInt32(12),
        };
        await RowsAsync(() =>
        {
            reading.HasReceiver = Text(1) is null or "streaming";
            reading.Upstream = Text(2) is { } host ? string.Create(CultureInfo.InvariantCulture, $"{host}:{(reader.IsDBNull(3) ? 0 : reader.GetInt32(3))}") : null;
            reading.Conninfo = Text(4);
        }).ConfigureAwait(false);
        await RowsAsync(() =>
        {
            if (reader.GetString(0) is "synchronous_commit")
            {
                (reading.SynchronousCommit, reading.SynchronousCommitSource) = (reader.GetString(1), reader.GetString(2));
            }
            else
            {
                reading.SynchronousStandbyNames = Text(1) ?? "";
            }
        }).ConfigureAwait(false);
        await RowsAsync(() => reading.Standbys.Add(new AttachedStandby(
            Text(0) ?? "",
            Text(1),
            Text(2),
            string.Create(CultureInfo.InvariantCulture, $"{reader.GetInt32(3)}@{(reader.IsDBNull(4) ? 0 : reader.GetDouble(4)):0.######}")))).ConfigureAwait(false);
        await RowsAsync(() => reading.Overrides.Add(new SettingOverride(reader.GetString(0), reader.GetString(1)))).ConfigureAwait(false);
        await RowsAsync(() => reading.Slots.Add((reader.GetString(0), reader.GetBoolean(1), Text(2)))).ConfigureAwait(false);
        return reading;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        async Task RowsAsync(Action row)
        {
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                row();
            }
        }
    }

    /// <summary>What changes no number, and should be known.</summary>
    public IReadOnlyList<string> Notes(string site)
    {
        var notes = new List<string>();
        if (IsPaused)
        {
            notes.Add($"{site} has paused replay: what it received is safe, and takes longer to be served from there");
        }

        if (InRecovery && ApplyDelay is not "0")
        {
            notes.Add($"{site} delays replay by {ApplyDelay} (recovery_min_apply_delay), which belongs to the recovery time");
        }

        if (!InRecovery)
        {
            notes.AddRange(Slots.Where(slot => slot.WalStatus is "lost" or "unreserved").Select(slot => $"slot {slot.Name} has lost what its standby still needs ({slot.WalStatus})"));
            notes.AddRange(Slots.Where(slot => !slot.Active && slot.WalStatus is not ("lost" or "unreserved")).Select(slot => $"slot {slot.Name} has no standby attached and holds back the log"));
            if (Standbys.Exists(standby => standby.State is null))
            {
                notes.Add("the role that reads may not see the standbys; grant it pg_monitor");
            }
        }

        return notes;
    }

    /// <summary><c>application_name</c> out of a connection string of libpq: <c>key=value</c> with quotes and backslashes.</summary>
    internal static string? ApplicationName(string? conninfo)
    {
        if (conninfo is null)
        {
            return null;
        }

        string? fallback = null;
        for (var at = 0; at < conninfo.Length;)
        {
            while (at < conninfo.Length && char.IsWhiteSpace(conninfo[at]))
            {
                at++;
            }

            var equals = conninfo.IndexOf('=', at);
            if (equals < 0)
            {
                break;
            }

            var key = conninfo[at..equals].Trim();
            var value = new System.Text.StringBuilder();
            at = equals + 1;
            var isQuoted = at < conninfo.Length && conninfo[at] is '\'';
            for (at += isQuoted ? 1 : 0; at < conninfo.Length && !(isQuoted ? conninfo[at] is '\'' : char.IsWhiteSpace(conninfo[at])); at++)
            {
                at += conninfo[at] is '\\' && at + 1 < conninfo.Length ? 1 : 0;
                value.Append(conninfo[at]);
            }

            at++;
            if (key is "application_name" && value.Length > 0)
            {
                return value.ToString();
            }

            fallback = key is "fallback_application_name" && value.Length > 0 ? value.ToString() : fallback;
        }

        return fallback;
    }
}
