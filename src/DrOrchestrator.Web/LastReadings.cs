using System.Globalization;
using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Metrics;

namespace DrOrchestrator.Web;

/// <summary>
/// Everything the status, the metrics and the first page need of the database that is not in memory anyway: asked for, and while the database is away or does not answer
/// promptly answered by what it last told. Nothing can be put on record meanwhile, so that is what was on record, up to a write whose outcome nobody heard. Decisions and lists of records are
/// never made from here: those ask the database, or fail.
/// </summary>
internal sealed class LastReadings(IDrills drills, IAssessments assessments, IAlerts alerts, EvidenceSize evidence, IWritePath path, PromptReads reads, ProcessClock clock)
{
    private readonly Kept<IReadOnlyList<RunView>> _runs = new();
    private readonly Kept<IReadOnlyList<ChangeAssessment>> _assessments = new();
    private readonly Kept<IReadOnlyList<Alert>> _alerts = new();
    private readonly Kept<IReadOnlyList<PendingItem>> _pending = new();
    private readonly Kept<long> _records = new();
    private readonly Lock _gate = new();
    private DateTimeOffset? _failedSince;

    /// <summary>All runs, newest first.</summary>
    public Task<IReadOnlyList<RunView>> RunsAsync(CancellationToken cancellationToken) => AskAsync("runs", _runs, drills.ListAsync, cancellationToken);

    /// <summary>All assessments of changes, oldest first.</summary>
    public Task<IReadOnlyList<ChangeAssessment>> AssessmentsAsync(CancellationToken cancellationToken) => AskAsync("assessments", _assessments, assessments.ReadAsync, cancellationToken);

    /// <summary>The alerts that hold.</summary>
    public Task<IReadOnlyList<Alert>> AlertsAsync(CancellationToken cancellationToken) => AskAsync("alerts", _alerts, alerts.OpenAsync, cancellationToken);

    /// <summary>What waits for anybody.</summary>
    public Task<IReadOnlyList<PendingItem>> PendingAsync(CancellationToken cancellationToken) => AskAsync("pending", _pending, token => drills.PendingAsync(null, token), cancellationToken);

    /// <summary>Records in the evidence log.</summary>
    public Task<long> RecordsAsync(CancellationToken cancellationToken) => AskAsync("records", _records, evidence.ReadAsync, cancellationToken);

    /// <summary>What this person may answer now: nothing while the database is away, for no answer could be kept.</summary>
    public async Task<IReadOnlyList<PendingItem>> AnswerableAsync(Person person, CancellationToken cancellationToken)
    {
        try
        {
            return IsAway(path.Read()) ? [] : await reads.AskAsync("answerable", () => drills.PendingAsync(person, CancellationToken.None), hasFallback: true, cancellationToken);
        }
        catch (RecordsAwayException)
        {
            return [];
        }
    }

    /// <summary>Asks for all of it.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await RunsAsync(cancellationToken);
        await AssessmentsAsync(cancellationToken);
        await AlertsAsync(cancellationToken);
        await PendingAsync(cancellationToken);
        await RecordsAsync(cancellationToken);
    }

    /// <summary>Since when the database is away, and of when the oldest of what stands for it is; null while it answers.</summary>
    public DatabaseAway? Away()
    {
        var state = path.Read();
        DateTimeOffset? since;
        lock (_gate)
        {
            since = IsAway(state) ? state.AwaySince : _failedSince;
        }

        return since is { } at ? Note(at, new[] { _runs.At, _assessments.At, _alerts.At, _pending.At, _records.At }.Min() ?? at) : null;
    }

    private static DatabaseAway Note(DateTimeOffset since, DateTimeOffset asOf) => new(since, asOf, string.Create(
        CultureInfo.InvariantCulture,
        $"The database is away since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. Live states, exposures and running outages go on; runs, assessments and alerts are as last read at {asOf.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."));

    /// <summary>A spool of an earlier process waits for a database that nobody has found missing yet.</summary>
    private static bool IsAway(WritePathState state) => state is { AwaySince: not null, Reason: not null };

    private async Task<T> AskAsync<T>(string kind, Kept<T> kept, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        // A database that hangs is not waited for again and again: whoever writes has found it missing.
        if (kept.At is not null && IsAway(path.Read()))
        {
            return kept.Value;
        }

        var at = clock.Now;
        try
        {
            await reads.AskAsync(kind, KeepAsync, kept.At is not null, cancellationToken);
            lock (_gate)
            {
                _failedSince = null;
            }
        }
        catch (RecordsAwayException) when (kept.At is not null)
        {
            lock (_gate)
            {
                _failedSince ??= at;
            }
        }

        return kept.Value;

        async Task<bool> KeepAsync()
        {
            var began = clock.Now;
            kept.Keep(await ask(CancellationToken.None), began);
            return true;
        }
    }

    /// <summary>One reading and its moment.</summary>
    private sealed class Kept<T>
    {
        private readonly Lock _gate = new();
        private (T Value, DateTimeOffset At)? _told;

        public DateTimeOffset? At
        {
            get
            {
                lock (_gate)
                {
                    return _told?.At;
                }
            }
        }

        public T Value
        {
            get
            {
                lock (_gate)
                {
                    return _told!.Value.Value;
                }
            }
        }

        public void Keep(T value, DateTimeOffset at)
        {
            lock (_gate)
            {
                _told = _told?.At > at ? _told : (value, at);
            }
        }
    }
}
