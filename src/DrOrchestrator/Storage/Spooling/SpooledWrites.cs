using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// The one way observations take to the database. While it answers, a write goes straight to it; when it does not, to the spool, and everything after it too, until
/// the spool has been replayed in order: nothing overtakes. A write that returned is durable in one of the two. Each carries a number that the database keeps in the
/// same transaction; an attempt that failed and was kept all the same, or a crash between commit and truncation, is recognised by it.
/// </summary>
internal sealed class SpooledWrites : IWritePath, IDisposable
{
    private const int ReplayedAtOnce = 256 * 1024;

    /// <summary>While the database is away, how far everything was observed is spooled this often, not every second: a crash then makes that much more unknown.</summary>
    private static readonly TimeSpan ObservationsSpooledEvery = TimeSpan.FromSeconds(30);

    private readonly ISpoolTarget _target;
    private readonly SpoolFile _file;
    private readonly Refusals _refused;
    private readonly SpoolOptions _options;
    private readonly ProcessClock _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly KeptTails _kept = new();
    private readonly string _process = Guid.NewGuid().ToString("N")[..16];
    private long _timelineNumber;
    private long _exposureNumber;
    private long _synchronyNumber;
    private readonly Dictionary<string, ObservedUntil> _heldBack = new(StringComparer.Ordinal);
    private DateTimeOffset _observationsSpooledAt;
    private TimelineBatch? _attempted;
    private Task _attempt = Task.CompletedTask;
    private DateTimeOffset? _awaySince;
    private string? _reason;
    private bool _isRefused;
    private LostObservations? _lost;
    private SpoolLoss? _lastLoss;

    public SpooledWrites(ISpoolTarget target, SpoolFile file, IOptions<SpoolOptions> options, ProcessClock clock, ILogger<SpooledWrites> logger)
    {
        (_target, _file, _options, _clock, _logger) = (target, file, options.Value, clock, logger);
        _refused = new Refusals(file.Path);
        Tell(file.Found);
        if (!file.IsEmpty)
        {
            Log.Found(logger, file.Bytes);
            _awaySince = clock.Now;
            foreach (var bytes in file.Peek(int.MaxValue).Records)
            {
                Keep(SpoolCodec.Read(bytes));
            }
        }
    }

    /// <summary>What waits, for readers.</summary>
    public SpoolOverlay Overlay { get; } = new();

    private string TimelineWriter => _process + "/timeline";

    public WritePathState Read() =>
        new(_awaySince, _reason, _file.Bytes, (long)_options.LimitMiB * 1024 * 1024, _lost?.From, _lastLoss);

    /// <summary>
    /// Makes a batch durable. After a failure the SAME batch must be brought again before any other: it may be in the database although nobody heard of it, and keeps
    /// its number.
    /// </summary>
    /// <exception cref="ObservationsLostException">There is no room for it anywhere; it must not be brought again.</exception>
    public async Task WriteAsync(TimelineBatch batch, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (MayBeHeldBack(batch))
            {
                HoldBack(batch);
                return;
            }

            if (!ReferenceEquals(batch, _attempted))
            {
                _timelineNumber++;
                _attempted = batch;
            }

            await KeepSomewhereAsync(new SpoolRecord(TimelineWriter, _timelineNumber) { Timeline = WithHeldBack(batch) }).ConfigureAwait(false);
            _heldBack.Clear();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>As above; the same samples may come again, which changes nothing.</summary>
    public async Task WriteAsync(IReadOnlyList<ExposureSample> samples, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await KeepSomewhereAsync(new SpoolRecord(_process + "/exposure", ++_exposureNumber) { Exposures = samples }).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>As above; the same stretches may come again, longer or not.</summary>
    public async Task WriteAsync(IReadOnlyList<SynchronyInterval> stretches, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await KeepSomewhereAsync(new SpoolRecord(_process + "/synchrony", ++_synchronyNumber) { Synchrony = stretches }).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives the database what it missed; true when it has everything. Called once a second while it is away.</summary>
    public async Task<bool> ReplayAsync(CancellationToken cancellationToken)
    {
        while (_awaySince is not null)
        {
            IReadOnlyList<SpoolRecord> records;
            long until;
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (_file.IsEmpty)
                {
                    return await EndAsync().ConfigureAwait(false);
                }

                (var bytes, until) = _file.Peek(ReplayedAtOnce);
                records = [.. bytes.Select(SpoolCodec.Read)];
            }
            finally
            {
                _gate.Release();
            }

            // Outside of the gate: a database that hangs must not hold up those who write to the spool.
            if (!await ReplayAsync(records).ConfigureAwait(false))
            {
                return false;
            }

            await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                _file.Advance(until);
                Overlay.Remove(records.Count);
            }
            finally
            {
                _gate.Release();
            }
        }

        return true;
    }

    /// <summary>What the database has of each subject from before this process; the ground of a gap's edges.</summary>
    public void Know(IReadOnlyDictionary<string, TimelineTail> tails)
    {
        foreach (var (subject, tail) in tails)
        {
            _kept.Add(subject, tail);
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        _file.Dispose();
    }

    private bool MayBeHeldBack(TimelineBatch batch) =>
        _awaySince is not null && _lost is null && batch.Changes.Count + batch.Blips.Count + batch.Minutes.Count == 0
        && _clock.Now - _observationsSpooledAt < ObservationsSpooledEvery;

    private void HoldBack(TimelineBatch batch)
    {
        foreach (var observed in batch.Observed)
        {
            _heldBack[observed.Subject] = observed;
            Overlay.Add(observed);
        }
    }

    private TimelineBatch WithHeldBack(TimelineBatch batch)
    {
        _observationsSpooledAt = _clock.Now;
        if (_heldBack.Count == 0)
        {
            return batch;
        }

        HoldBack(batch);
        return batch with { Observed = [.. _heldBack.Values] };
    }

    /// <summary>A record that the database refuses for what it says would keep everything behind it out for ever: it is set aside, and said so.</summary>
    private async Task<bool> ReplayAsync(IReadOnlyList<SpoolRecord> records)
    {
        if (await TryApplyAsync(records).ConfigureAwait(false))
        {
            return true;
        }

        if (!_isRefused)
        {
            return false;
        }

        foreach (var record in records)
        {
            if (!await TryApplyAsync([record]).ConfigureAwait(false))
            {
                if (!_isRefused)
                {
                    return false;
                }

                Log.Refused(_logger, record.Number, _refused.Keep(SpoolCodec.Write(record)), _reason!);
            }
        }

        return true;
    }

    private async Task KeepSomewhereAsync(SpoolRecord record)
    {
        if (_lost is not null)
        {
            Lose(record);
        }

        if (_awaySince is null && await TryApplyAsync([record]).ConfigureAwait(false))
        {
            _kept.Add(record.Timeline ?? new TimelineBatch([], [], []));
            return;
        }

        _awaySince ??= _clock.Now;
        if (!_file.TryAppend(SpoolCodec.Write(record)))
        {
            _lost = new LostObservations(_clock.Now);
            Log.Full(_logger, _file.Bytes);
            var mark = new SpoolRecord(TimelineWriter, ++_timelineNumber) { Loss = new SpoolLoss(_lost.From, null, []) };
            if (_file.TryAppend(SpoolCodec.Write(mark), useReserve: true))
            {
                Overlay.Add(mark);
            }

            Lose(record);
        }

        Keep(record);
    }

    private void Lose(SpoolRecord record)
    {
        _lost!.Add(record.Timeline);
        throw new ObservationsLostException(_lost.From);
    }

    private void Keep(SpoolRecord record)
    {
        Overlay.Add(record);
        if (record.Timeline is { } batch)
        {
            _kept.Add(batch);
        }
    }

    /// <summary>The spool is empty: writes what was lost as a gap, and lets the next write go straight to the database. Under the gate.</summary>
    private async Task<bool> EndAsync()
    {
        if (_lost is { } lost)
        {
            var now = _clock.Now;
            var gap = lost.Close(new SpoolRecord(TimelineWriter, ++_timelineNumber), _kept, now);
            if (!await TryApplyAsync([gap]).ConfigureAwait(false))
            {
                if (!_file.TryAppend(SpoolCodec.Write(gap)))
                {
                    return false;
                }

                Overlay.Add(gap);
            }

            _kept.Add(gap.Timeline!);
            (_lost, _lastLoss) = (null, gap.Loss);
            Log.GapRecorded(_logger, lost.From, now, gap.Loss!.Subjects.Count);
            if (!_file.IsEmpty)
            {
                return false;
            }
        }

        Log.Back(_logger, _awaySince!.Value);
        (_awaySince, _reason) = (null, null);
        return true;
    }

    /// <summary>One attempt at a time: one that hangs is waited for no longer than the patience, and no other is made beside it.</summary>
    private async Task<bool> TryApplyAsync(IReadOnlyList<SpoolRecord> records)
    {
        if (!_attempt.IsCompleted)
        {
            return false;
        }

        try
        {
            _attempt = Task.Run(() => _target.ApplyAsync(records));
            await _attempt.WaitAsync(_options.Patience, _clock.Provider).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception)
        {
            // Seen here, so that one that fails after the patience has ended is seen too.
            _ = _attempt.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            if (_reason is null)
            {
                Log.Away(_logger, exception);
            }

            _isRefused = Refusals.IsAboutTheRecord(exception);
            _reason = exception is TimeoutException ? "the database does not answer" : exception.Message;
            return false;
        }
    }

    private void Tell(SpoolFinding found)
    {
        if (found.TornBytes > 0)
        {
            Log.Torn(_logger, found.TornBytes);
        }

        if (found.DamagedCopy is { } copy)
        {
            Log.Damaged(_logger, copy);
        }
    }
}
