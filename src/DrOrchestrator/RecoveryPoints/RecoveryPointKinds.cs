using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Reads where the log of one site stands.</summary>
internal interface ILogPositionReader
{
    /// <summary>The word in YAML.</summary>
    string Kind { get; }

    /// <summary>Whether <see cref="BeatAsync"/> leaves a sign of life, so that a standby that stands still is seen within one interval and an idle primary is none.</summary>
    bool HasHeartbeat => false;

    /// <summary>Reads a site that the settings name, inside the definition's timeout. What fails is a result.</summary>
    Task<PositionResult> ReadAsync(RecoveryPointDefinition definition, string site, CancellationToken cancellationToken);

    /// <summary>Writes a sign of life at the serving site, after the standbys of a round were read.</summary>
    Task<HeartbeatResult> BeatAsync(RecoveryPointDefinition definition, string serving, CancellationToken cancellationToken) =>
        Task.FromResult<HeartbeatResult>(new HeartbeatResult.None("this kind writes no heartbeat"));

    /// <summary>Whether commits wait for the standby, by what both sides said in one round; pure.</summary>
    SynchronyFinding SynchronyOf(RecoveryPointDefinition definition, PositionResult primary, PositionResult standby) => SynchronyFinding.NotAsked;

    /// <summary>How the database is set up, by what all sites said in one round; null where this kind, or this round, cannot tell. Pure.</summary>
    DatabaseFacts? FactsOf(RecoveryPointDefinition definition, PositionResult primary, IReadOnlyList<PositionResult> standbys) => null;
}

/// <summary>Reads which moment the newest copy that counts represents.</summary>
internal interface IMomentReader
{
    /// <summary>The word in YAML.</summary>
    string Kind { get; }

    /// <summary>Reads inside the definition's timeout. What fails is a result.</summary>
    Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken);
}

/// <summary>What became of a sign of life.</summary>
internal abstract record HeartbeatResult
{
    /// <param name="At">Before it was written.</param>
    /// <param name="Position">Where the log stood behind it.</param>
    public sealed record Written(DateTimeOffset At, long Epoch, long Position) : HeartbeatResult;

    public sealed record None(string Reason) : HeartbeatResult;
}

/// <summary>The newest copy that counts, or why there is none to tell of.</summary>
/// <param name="At">When it was read, on our clock.</param>
internal abstract record MomentResult(DateTimeOffset At)
{
    /// <param name="Represents">The moment the data represents; everything later would be lost.</param>
    /// <param name="What">The copy, for people: its name or number.</param>
    /// <param name="ClockOffset">How far the other side's clock is ahead of ours, where it can be told.</param>
    public sealed record Read(DateTimeOffset At, DateTimeOffset Represents, string What, TimeSpan? ClockOffset = null) : MomentResult(At)
    {
        public IReadOnlyList<string> Notes { get; init; } = [];

        /// <summary>Where the log that goes with the copy ends, and which recovery point may know of which moment that is; null for none.</summary>
        public LogEnd? LogEnd { get; init; }
    }

    /// <summary>Somebody answered, and no copy counts.</summary>
    public sealed record Empty(DateTimeOffset At, string Reason) : MomentResult(At);

    public sealed record Failed(DateTimeOffset At, string Reason) : MomentResult(At);
}

/// <summary>A position of a log that another recovery point watches.</summary>
internal sealed record LogEnd(string RecoveryPoint, long Epoch, long Position);

/// <summary>The readers by kind; <see cref="RecoveryPointsServices"/> lists them.</summary>
internal sealed class RecoveryPointKinds(IEnumerable<ILogPositionReader> logPositions, IEnumerable<IMomentReader> moments)
{
    private readonly Dictionary<string, ILogPositionReader> _logPositions = logPositions.ToDictionary(reader => reader.Kind, StringComparer.Ordinal);
    private readonly Dictionary<string, IMomentReader> _moments = moments.ToDictionary(reader => reader.Kind, StringComparer.Ordinal);

    public ILogPositionReader LogPositions(LogPositionSettings settings) => _logPositions[settings.Kind];

    public IMomentReader Moments(MomentSettings settings) => _moments[settings.Kind];
}
