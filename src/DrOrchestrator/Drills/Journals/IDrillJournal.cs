using System.Text.Json.Nodes;
using DrOrchestrator.Drills.People;

namespace DrOrchestrator.Drills.Journals;

/// <summary>The durable journal of all runs. A method that returns has made its lines (and their evidence, in the same transaction) durable.</summary>
public interface IDrillJournal
{
    /// <summary>
    /// Gives the next run number (gapless), locks <paramref name="systems"/> (all or none; a run that takes its locks later gives none) and writes <see cref="JournalKinds.Opened"/>. A line that names a time of the calendar
    /// (<see cref="ScheduledFire"/>) takes that time in the same transaction, and opens nothing where it, or a later one of its schedule, is taken, or where it is late.
    /// </summary>
    Task<OpenResult> OpenAsync(string actor, IReadOnlyList<string> systems, JsonObject opened, IReadOnlyList<RawOutput> objects, CancellationToken cancellationToken);

    /// <summary>
    /// Appends a line of the run's owner. Throws <see cref="StaleEpochException"/> when another owner has taken over, <see cref="LeaseLapsedException"/> when the owner
    /// itself stood still for longer than <see cref="LeaseClaim.ResumeWithin"/>.
    /// </summary>
    Task<JournalEntry> AppendAsync(long run, long epoch, JournalDraft draft, CancellationToken cancellationToken);

    /// <summary>
    /// Appends several lines of the run's owner in one transaction, one behind the other in this order: all of them or, when it throws, none. Throws as <see cref="AppendAsync"/> does, and
    /// <see cref="RefusedLineException"/> where it is the fault of one line that none was written.
    /// </summary>
    Task<IReadOnlyList<JournalEntry>> AppendAllAsync(long run, long epoch, IReadOnlyList<JournalDraft> drafts, CancellationToken cancellationToken);

    /// <summary>
    /// Appends what a person says. <paramref name="allow"/> judges it against the run's lines inside the transaction, so that two answers cannot both be the first;
    /// null lets it in, a result refuses it.
    /// </summary>
    Task<AnswerResult> AppendAnswerAsync(long run, JournalDraft draft, Func<IReadOnlyList<JournalEntry>, AnswerResult?> allow, CancellationToken cancellationToken);

    /// <summary>Lines of a run after a sequence number, oldest first.</summary>
    Task<IReadOnlyList<JournalEntry>> ReadAsync(long run, long afterSequence, CancellationToken cancellationToken);

    /// <summary>Numbers of all runs, oldest first; only those without a closing line when <paramref name="openOnly"/>.</summary>
    Task<IReadOnlyList<long>> RunsAsync(bool openOnly, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the lease of a run under the next epoch. <paramref name="first"/> says, from the claim and the run's lines so far, what the new owner writes first; claim
    /// and lines are one transaction, so that a crash cannot take the lease and lose the question that goes with it.
    /// </summary>
    Task<LeaseClaim> ClaimAsync(
        long run, string owner, Func<LeaseClaim, IReadOnlyList<JournalEntry>, IReadOnlyList<JournalDraft>> first, CancellationToken cancellationToken);

    /// <summary>
    /// Locks systems for an open run, all or none, and writes <see cref="JournalKinds.Locked"/> with them. The result has no <see cref="OpenResult.HeldBy"/> when it holds them.
    /// Throws as <see cref="AppendAsync"/> does.
    /// </summary>
    Task<OpenResult> TakeLocksAsync(long run, long epoch, IReadOnlyList<string> systems, CancellationToken cancellationToken);

    /// <summary>Renews it. Throws <see cref="StaleEpochException"/> when it is lost.</summary>
    Task RenewAsync(long run, long epoch, CancellationToken cancellationToken);

    /// <summary>
    /// Its owner lets the run go: nothing of it is in flight there, and whoever is called for it next need not wait for the lease. Until the next claim, which says so
    /// (<see cref="LeaseClaim.LetGo"/>). Throws as <see cref="AppendAsync"/> does.
    /// </summary>
    Task LetGoAsync(long run, long epoch, CancellationToken cancellationToken);

    /// <summary>Sites that runs have made serving, by system; systems no run has moved are absent.</summary>
    Task<IReadOnlyDictionary<string, string>> ServingSitesAsync(CancellationToken cancellationToken);
}

/// <summary>What became of opening a run.</summary>
/// <param name="Run">The number, or null when a system is locked.</param>
/// <param name="HeldBy">The run that holds the lock.</param>
/// <param name="LockedSystem">The system it holds.</param>
public sealed record OpenResult(long? Run, long? HeldBy, string? LockedSystem)
{
    /// <summary>The time of the calendar is on record already; nothing was opened.</summary>
    public bool AlreadyFired { get; init; }

    /// <summary>The time of the calendar is too long ago; nothing was opened.</summary>
    public bool FiredLate { get; init; }
}

/// <summary>A lease taken.</summary>
/// <param name="Epoch">Greater than every epoch before.</param>
/// <param name="PreviousOwner">Null when nobody has carried the run before.</param>
/// <param name="Gap">Since the last renewal by the previous owner; zero when there was none. One clock judges every lease of a database: its server's, or in a file the process's.</param>
public sealed record LeaseClaim(long Epoch, string? PreviousOwner, TimeSpan Gap)
{
    /// <summary>The previous owner had let it go.</summary>
    public bool LetGo { get; init; }

    /// <summary>It was silent for so long for certain, also where that clock was set meanwhile: so long a taker-over has waited.</summary>
    public TimeSpan AtLeast { get; init; } = Gap;

    /// <summary>It may have been silent for so long: so old is what is known of the world.</summary>
    public TimeSpan AtMost { get; init; } = Gap;

    /// <summary>A run nobody carried for longer than this waits for a person before it goes on.</summary>
    public static readonly TimeSpan ResumeWithin = TimeSpan.FromSeconds(60);
}

/// <summary>Another owner has taken the run over; the caller must stop at once and touch nothing.</summary>
public class StaleEpochException(string message) : Exception(message)
{
    /// <summary>Another epoch has begun.</summary>
    public StaleEpochException(long run, long epoch)
        : this($"run {run}: epoch {epoch} is not the newest any more; another owner carries the run")
    {
    }
}

/// <summary>The owner itself stood still (a suspended machine): what it knew is as old as if it had crashed, and the run must be claimed anew.</summary>
public sealed class LeaseLapsedException(long run, TimeSpan gap) : StaleEpochException($"run {run}: nobody renewed its lease for {gap.TotalSeconds:0} s");

/// <summary>One of several lines cannot be written, whenever it is tried (<see cref="Exception.InnerException"/> says why), and certainly none of them was.</summary>
public sealed class RefusedLineException(int index, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>Which of them, from 0.</summary>
    public int Index { get; } = index;
}
