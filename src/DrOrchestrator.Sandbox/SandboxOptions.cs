using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.Sandbox;

/// <summary>What one lab is started with.</summary>
/// <param name="Folder">Everything the lab writes is below it; made when it is absent. A folder that was used before is gone on with.</param>
/// <param name="SelfCommand">How this program is started again: the program, then leading arguments. Pods are <c>... sandbox-pod</c>, the front door is <c>... sandbox-front-door</c>.</param>
/// <param name="ReplicationDelay">How old an entry is before the standby gets it; 500 ms by default.</param>
/// <param name="Fast">Tighter timings for tests: probes every 100 ms, heartbeats every 100 ms.</param>
/// <param name="RestartBackoff">First delay of the kubelet's restart back-off; null for Kubernetes' ten seconds (200 ms when <paramref name="Fast"/>).</param>
/// <param name="StopWithStdin">End when standard input does, so that nothing outlives whoever started the lab.</param>
public sealed record SandboxOptions(
    string Folder,
    IReadOnlyList<string> SelfCommand,
    TimeSpan ReplicationDelay,
    bool Fast,
    TimeSpan? RestartBackoff,
    bool StopWithStdin)
{
    /// <summary>Keep the ledger in PostgreSQL, with its own streaming replication; null for the lab's own store, or for whatever the folder was made with.</summary>
    public PostgresOptions? Postgres { get; init; }

    internal TimeSpan NodeHeartbeat => TimeSpan.FromMilliseconds(Fast ? 100 : 1000);

    internal TimeSpan FirstRestartDelay => RestartBackoff ?? (Fast ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(10));

    internal TimeSpan ProbeInterval => TimeSpan.FromMilliseconds(Fast ? 100 : 250);
}
