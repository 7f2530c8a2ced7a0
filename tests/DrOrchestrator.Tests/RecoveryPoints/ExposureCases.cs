using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.RecoveryPoints;

/// <summary>Rounds of readings, a second apart; the standby is read 10 ms after the primary.</summary>
internal sealed class ExposureCases
{
    public static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly RecoveryPointDefinition Definition = new(
        "ledger", "s", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.5), new PositionsSettings(new Dictionary<string, Uri>()));

    private readonly ExposureTracker _tracker;

    public ExposureCases(bool hasHeartbeat = false) => _tracker = new ExposureTracker(Definition, "primary", hasHeartbeat);

    public Exposure Round(double second, PositionResult primary, PositionResult standby)
    {
        var (read, there) = (primary with { StartedAt = At(second), EndedAt = At(second) }, standby with { StartedAt = At(second + 0.01), EndedAt = At(second + 0.01) });
        _tracker.ObservePrimary(read);
        return _tracker.ObserveStandby(read, there);
    }

    /// <summary>The sign of life at the end of a round: written, or why not.</summary>
    public void Beat(double second, long position) => _tracker.ObserveHeartbeat(new HeartbeatResult.Written(At(second), 1, position));

    public void NoBeat(string reason) => _tracker.ObserveHeartbeat(new HeartbeatResult.None(reason));

    public static PositionResult Primary(long position, long epoch = 1, string role = "primary", string? cluster = null) =>
        new PositionResult.Read("primary", T0, T0, role, epoch, position, position, true) { Cluster = cluster };

    public static PositionResult Standby(long received, long epoch = 1, bool connected = true, string role = "standby", string? cluster = null, long? replayed = null) =>
        new PositionResult.Read("dr", T0, T0, role, epoch, received, received, connected) { Cluster = cluster, Replayed = replayed };

    public static PositionResult Failed(string site, bool refused = false) =>
        new PositionResult.Failed(site, T0, T0, refused ? $"connection refused by {site}" : $"{site} does not answer", refused);

    public static DateTimeOffset At(double second) => T0.AddMilliseconds(Math.Round(second * 1000));

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
}
