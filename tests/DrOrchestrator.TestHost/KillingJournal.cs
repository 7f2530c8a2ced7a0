using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.TestHost;

/// <summary>The real journal, with the process's death before or behind a write of a step's intent or outcome.</summary>
internal sealed class KillingJournal(IDrillJournal journal, KillBoundary boundary, SelfKill kill) : IDrillJournal
{
    public async Task<JournalEntry> AppendAsync(long run, long epoch, JournalDraft draft, CancellationToken cancellationToken)
    {
        StrikeAt(draft, KillBoundary.BeforeIntent, JournalKinds.Intent);
        StrikeAt(draft, KillBoundary.AfterEffect, JournalKinds.Outcome);
        var written = await journal.AppendAsync(run, epoch, draft, cancellationToken);
        StrikeAt(draft, KillBoundary.AfterIntent, JournalKinds.Intent);
        StrikeAt(draft, KillBoundary.AfterOutcome, JournalKinds.Outcome);
        return written;
    }

    public async Task<IReadOnlyList<JournalEntry>> AppendAllAsync(long run, long epoch, IReadOnlyList<JournalDraft> drafts, CancellationToken cancellationToken)
    {
        foreach (var draft in drafts)
        {
            StrikeAt(draft, KillBoundary.BeforeIntent, JournalKinds.Intent);
            StrikeAt(draft, KillBoundary.AfterEffect, JournalKinds.Outcome);
        }

        var written = await journal.AppendAllAsync(run, epoch, drafts, cancellationToken);
        foreach (var draft in drafts)
        {
            StrikeAt(draft, KillBoundary.AfterIntent, JournalKinds.Intent);
            StrikeAt(draft, KillBoundary.AfterOutcome, JournalKinds.Outcome);
        }

        return written;
    }

    public Task<OpenResult> OpenAsync(string actor, IReadOnlyList<string> systems, JsonObject opened, IReadOnlyList<RawOutput> objects, CancellationToken cancellationToken) =>
        journal.OpenAsync(actor, systems, opened, objects, cancellationToken);

    public Task<AnswerResult> AppendAnswerAsync(
        long run, JournalDraft draft, Func<IReadOnlyList<JournalEntry>, AnswerResult?> allow, CancellationToken cancellationToken) =>
        journal.AppendAnswerAsync(run, draft, allow, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(long run, long afterSequence, CancellationToken cancellationToken) =>
        journal.ReadAsync(run, afterSequence, cancellationToken);

    public Task<IReadOnlyList<long>> RunsAsync(bool openOnly, CancellationToken cancellationToken) => journal.RunsAsync(openOnly, cancellationToken);

    public Task<LeaseClaim> ClaimAsync(
        long run, string owner, Func<LeaseClaim, IReadOnlyList<JournalEntry>, IReadOnlyList<JournalDraft>> first, CancellationToken cancellationToken) =>
        journal.ClaimAsync(run, owner, first, cancellationToken);

    public Task<OpenResult> TakeLocksAsync(long run, long epoch, IReadOnlyList<string> systems, CancellationToken cancellationToken) =>
        journal.TakeLocksAsync(run, epoch, systems, cancellationToken);

    public Task LetGoAsync(long run, long epoch, CancellationToken cancellationToken) => journal.LetGoAsync(run, epoch, cancellationToken);

    public Task RenewAsync(long run, long epoch, CancellationToken cancellationToken) => journal.RenewAsync(run, epoch, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> ServingSitesAsync(CancellationToken cancellationToken) => journal.ServingSitesAsync(cancellationToken);

    private void StrikeAt(JournalDraft draft, KillBoundary place, string kind)
    {
        if (boundary == place && draft.Kind == kind && draft.Step is { } step)
        {
            kill.Strike(step);
        }
    }
}
