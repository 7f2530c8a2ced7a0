using System.Globalization;

namespace DrOrchestrator.Estates;

/// <summary>What a <c>postgres</c> probe tries.</summary>
public enum PostgresProbeMode
{
    /// <summary>connect: a session is given and the server answers.</summary>
    Connect,

    /// <summary>read: a query answers, with the value expected where one is.</summary>
    Read,

    /// <summary>write-accepted: a row is really committed, synchronous standbys included.</summary>
    WriteAccepted,

    /// <summary>write-refused: the server refuses to write; one that goes through is down.</summary>
    WriteRefused,
}

/// <summary><c>postgres</c>: one session's worth of looking.</summary>
/// <param name="Query">For <c>read</c>: one SELECT (or VALUES, TABLE, WITH); run read-only, its first column of the first row counts.</param>
/// <param name="ExpectedValue">For <c>read</c>: the text that value must be, or null.</param>
/// <param name="Limits">For <c>read</c>: what that value may be as a number.</param>
/// <param name="Table">For the write modes: <c>table</c> or <c>schema.table</c> with the columns <c>probe text primary key, written_at timestamptz, nonce text</c>.</param>
/// <param name="FreshConnection">A session of its own for each look; <c>connect</c> always has one.</param>
public sealed record PostgresProbeSettings(
    PostgresTarget Server,
    PostgresProbeMode Mode,
    string? Query,
    string? ExpectedValue,
    ValueLimits Limits,
    string? Table,
    PostgresExpectations Expected,
    bool FreshConnection) : ProbeSettings("postgres")
{
    /// <inheritdoc />
    public override string Target => $"{string.Join(", ", Server.Hosts)}:{Server.Port.ToString(CultureInfo.InvariantCulture)}/{Server.Database}";
}

/// <summary>What the server that answers must be; null where it does not matter.</summary>
/// <param name="InRecovery">True: a standby; false: a primary.</param>
/// <param name="SystemIdentifier">Of the cluster, as <c>pg_control_system()</c> tells: the same on a primary and its standbys, another after a wrong restore.</param>
/// <param name="Version">Beginning of the server's version: <c>15</c> or <c>15.8</c>.</param>
public sealed record PostgresExpectations(bool? InRecovery, string? SystemIdentifier, string? Version);
