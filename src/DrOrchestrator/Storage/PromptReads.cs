using DrOrchestrator.Availability;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Storage;

/// <summary>
/// Reads for figures that somebody waits for. A database that hangs is waited for by nobody longer than its patience; of each kind one read is under way at most, on a thread
/// of its own, and goes on when nobody waits for it any more, so that what it brings at last is not lost. While one is overdue nobody else waits for the database either. Safe
/// for concurrent use.
/// </summary>
public sealed class PromptReads
{
    /// <summary>How long a read is waited for that nothing stands for, as at the start.</summary>
    private static readonly TimeSpan WithoutFallback = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly TimeSpan? _patience;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private bool _isAway;

    /// <param name="patience">Null for a database in this process, which is waited for as long as it takes.</param>
    public PromptReads(TimeProvider time, TimeSpan? patience, ILogger<PromptReads> logger) => (_time, _patience, _logger) = (time, patience, logger);

    /// <summary>What <paramref name="ask"/> brings.</summary>
    /// <param name="kind">Reads of one kind follow each other.</param>
    /// <param name="ask">May go on after this has thrown; what it keeps is of use then.</param>
    /// <param name="hasFallback">Whether the caller has something older that stands for it; who has not waits longer.</param>
    /// <exception cref="RecordsAwayException">The database is away, or does not answer.</exception>
    public async Task<T> AskAsync<T>(string kind, Func<Task<T>> ask, bool hasFallback, CancellationToken cancellationToken)
    {
        try
        {
            var answer = _patience is { } patience
                ? await AskAsync(kind, ask, hasFallback ? patience : WithoutFallback, cancellationToken).ConfigureAwait(false)
                : await ask().ConfigureAwait(false);
            Heard();
            return answer;
        }
        catch (Exception failure) when (failure is not RecordsAwayException && DatabaseFailures.IsAway(failure))
        {
            throw Away(failure.Message, failure);
        }
    }

    /// <summary>As above, for callers that only know how to block.</summary>
    /// <exception cref="RecordsAwayException">The database is away, or does not answer.</exception>
    public T Ask<T>(string kind, Func<T> ask, bool hasFallback) =>
        AskAsync(kind, () => Task.FromResult(ask()), hasFallback, CancellationToken.None).GetAwaiter().GetResult();

    private async Task<T> AskAsync<T>(string kind, Func<Task<T>> ask, TimeSpan patience, CancellationToken cancellationToken)
    {
        RefuseWhileOverdue();
        using var limit = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var lane = LaneOf(kind);
            await lane.Turn.WaitAsync(either.Token).ConfigureAwait(false);
            return await Begin(lane, ask, patience).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Away($"the database does not answer within {patience.TotalSeconds:0} s");
        }
    }

    /// <summary>On a thread of the pool, because reads block; who waits may leave.</summary>
    private Task<T> Begin<T>(Lane lane, Func<Task<T>> ask, TimeSpan patience)
    {
        lock (_gate)
        {
            lane.UnderWay = (_time.GetTimestamp(), patience);
        }

        var asked = Task.Run(ask);
        _ = asked.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                lock (_gate)
                {
                    lane.UnderWay = null;
                }

                lane.Turn.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return asked;
    }

    private void RefuseWhileOverdue()
    {
        lock (_gate)
        {
            if (!_lanes.Values.Any(lane => lane.UnderWay is { } read && _time.GetElapsedTime(read.Began) >= read.Patience))
            {
                return;
            }
        }

        throw Away("the database does not answer");
    }

    private Lane LaneOf(string kind)
    {
        lock (_gate)
        {
            return _lanes.TryGetValue(kind, out var lane) ? lane : _lanes[kind] = new Lane();
        }
    }

    private void Heard()
    {
        lock (_gate)
        {
            if (!_isAway)
            {
                return;
            }

            _isAway = false;
        }

        Log.ReadsBack(_logger);
    }

    private RecordsAwayException Away(string message, Exception? failure = null)
    {
        bool isNew;
        lock (_gate)
        {
            (isNew, _isAway) = (!_isAway, true);
        }

        if (isNew)
        {
            Log.ReadsAway(_logger, message);
        }

        return new RecordsAwayException(message, failure);
    }

    private sealed class Lane
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public (long Began, TimeSpan Patience)? UnderWay { get; set; }
    }
}
