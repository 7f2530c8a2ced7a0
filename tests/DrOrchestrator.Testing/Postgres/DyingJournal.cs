using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Testing.Postgres;

/// <summary>A journal whose process dies before or after a write, as SIGKILL would have it: nothing is written from then on.</summary>
internal sealed class DyingJournal(IDrillJournal inner, Func<JournalDraft, bool, bool>? crash) : IDrillJournal
{
    private bool _isDead;

    public async Task<JournalEntry> AppendAsync(long run, long epoch, JournalDraft draft, CancellationToken cancellationToken)
    {
        Die(crash?.Invoke(draft, false) ?? false);
        var entry = await inner.AppendAsync(run, epoch, draft, cancellationToken);
        Die(crash?.Invoke(draft, true) ?? false);
        return entry;
    }

    public async Task<IReadOnlyList<JournalEntry>> AppendAllAsync(long run, long epoch, IReadOnlyList<JournalDraft> drafts, CancellationToken cancellationToken)
    {
        Die(drafts.Any(draft => crash?.Invoke(draft, false) ?? false));
        var entries = await inner.AppendAllAsync(run, epoch, drafts, cancellationToken);
        Die(drafts.Any(draft => crash?.Invoke(draft, true) ?? false));
        return entries;
    }

    public Task<OpenResult> OpenAsync(string actor, IReadOnlyList<string> systems, JsonObject opened, IReadOnlyList<RawOutput> objects, CancellationToken cancellationToken) =>
        inner.OpenAsync(actor, systems, opened, objects, cancellationToken);

    public Task<AnswerResult> AppendAnswerAsync(long run, JournalDraft draft, Func<IReadOnlyList<JournalEntry>, AnswerResult?> allow, CancellationToken cancellationToken) =>
        inner.AppendAnswerAsync(run, draft, allow, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(long run, long afterSequence, CancellationToken cancellationToken) => inner.ReadAsync(run, afterSequence, cancellationToken);

    public Task<IReadOnlyList<long>> RunsAsync(bool openOnly, CancellationToken cancellationToken) => inner.RunsAsync(openOnly, cancellationToken);

    public Task<LeaseClaim> ClaimAsync(
        long run, string owner, Func<LeaseClaim, IReadOnlyList<JournalEntry>, IReadOnlyList<JournalDraft>> first, CancellationToken cancellationToken)
    {
        Die(false);
        return inner.ClaimAsync(run, owner, first, cancellationToken);
    }

    public Task<OpenResult> TakeLocksAsync(long run, long epoch, IReadOnlyList<string> systems, CancellationToken cancellationToken)
    {
        Die(false);
        return inner.TakeLocksAsync(run, epoch, systems, cancellationToken);
    }

    public Task LetGoAsync(long run, long epoch, CancellationToken cancellationToken) => inner.LetGoAsync(run, epoch, cancellationToken);

    public Task RenewAsync(long run, long epoch, CancellationToken cancellationToken)
    {
        Die(false);
        return inner.RenewAsync(run, epoch, cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, string>> ServingSitesAsync(CancellationToken cancellationToken) => inner.ServingSitesAsync(cancellationToken);

    private void Die(bool now)
    {
        _isDead |= now;
        if (_isDead)
        {
            throw new Killed();
        }
    }

    /// <summary>The process is dead.</summary>
    public sealed class Killed : Exception;
}
