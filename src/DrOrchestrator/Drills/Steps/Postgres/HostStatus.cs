using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>A server as its own host sees it, from the line of <c>postgres-host.sh</c>.</summary>
/// <param name="Busy">A change is under way there that nobody may wait for any more.</param>
/// <param name="Mark">Of the fence; empty for none.</param>
/// <param name="State">Of the control file: <c>shut down</c> only after a clean end of a primary.</param>
/// <param name="End">Where its log ends for good: the end of the shutdown checkpoint's record; null where it did not end cleanly.</param>
/// <param name="Rebuilt">The mark of the rebuild that made it what it is; empty for none.</param>
internal sealed record HostStatus(
    bool Running, bool SharedMemory, bool Busy, bool Fenced, string Mark, string State, string SystemId, long Timeline, LogSequence? End, bool Standby, string Rebuilt)
{
    /// <summary>Pages can be told apart by what changed them, without which pg_rewind does not work.</summary>
    public bool CanRewind { get; init; }

    /// <summary>What <see cref="Sees"/> is where a Job looked at the volume alone.</summary>
    public const string Volume = "volume";

    /// <summary>
    /// Whose processes the host's script sees: <c>host</c>, <c>container</c> where the estate says that the server runs in the same one, or <see cref="Volume"/>; empty from a script
    /// older than that.
    /// </summary>
    public string Sees { get; init; } = "";

    public static HostStatus From(JsonObject facts) => new(
        facts.Flag("running"),
        facts.Flag("sharedMemory"),
        facts.Flag("busy"),
        facts.Flag("fenced"),
        facts.Text("mark"),
        facts.Text("state"),
        facts.Text("systemId"),
        (long)(facts.Number("timeline") ?? 0),
        EndOf(facts),
        facts.Flag("standby"),
        facts.Text("rebuilt"))
    {
        Sees = facts.Text("sees"),
        CanRewind = facts.Flag("hints") || facts.Flag("checksums"),
    };

    /// <summary>Stopped, and nothing can start it but who lifts the fence of that mark.</summary>
    public bool IsHeldBy(string mark) => Fenced && Mark == mark && !Running && !SharedMemory;

    private static LogSequence? EndOf(JsonObject facts) =>
        facts.Text("state") == "shut down" && facts.Number("checkpointLength") is > 0 and { } length && LogSequence.Parse(facts.Text("checkpoint")) is { } at
        && facts.Number("blockSize") is > 0 and { } block && facts.Number("segmentSize") is > 0 and { } segment
            ? at.EndOfRecord((ulong)length, (ulong)block, (ulong)segment)
            : null;
}
