using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Compliance.Alerts;

/// <summary>Looks at every system every few seconds and puts alert events on record; whoever follows them is woken.</summary>
internal sealed class AlertWatch(ISystemStatuses statuses, QosWatch qos, StandbyWatch standbys, IAlerts alerts, IEnumerable<IAlertSource> sources, AlertFeed feed, ProcessClock clock, ILogger<AlertWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private readonly AlertBook _book = new();
    private readonly HashSet<(string System, string Subject)> _met = [];
    private bool _loaded;

    /// <summary>One look.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!_loaded)
        {
            _book.Add(await alerts.OpenAsync(cancellationToken).ConfigureAwait(false));
            _loaded = true;
        }

        try
        {
            standbys.Look(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // What cannot be added up expires and is judged as not known; every other alert goes on.
            logger.NotLooked(failure);
        }

        // Minutes that cannot be read are no reason to be silent about an interruption: their sums are not known.
        await qos.LookAsync(cancellationToken).ConfigureAwait(false);

        var now = clock.Now;
        var conditions = new List<AlertCondition>();
        foreach (var source in sources)
        {
            conditions.AddRange(await source.ReadAsync(cancellationToken).ConfigureAwait(false));
        }

        var notKnown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var status in await statuses.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            conditions.AddRange(AlertConditions.Of(
                status, subject => _met.Contains((status.Name, subject)) || _book.IsOpen(new AlertCondition(AlertKinds.Verdict, status.Name, subject, "").Key)));
            notKnown.UnionWith(AlertConditions.NotMeasured(status));
            foreach (var verdict in status.Verdicts.Where(verdict => verdict.Verdict == Verdict.Met))
            {
                _met.Add((status.Name, verdict.Subject));
            }
        }

        var events = _book.Take(conditions, now, notKnown);
        if (events is { Raised.Count: 0, Cleared.Count: 0 })
        {
            return;
        }

        var raised = await alerts.RecordAsync(events.Raised, events.Cleared, now, cancellationToken).ConfigureAwait(false);
        _book.Add(raised);
        _book.Remove(events.Cleared);
        foreach (var alert in raised)
        {
            logger.Raised(alert.Severity, alert.Key, alert.Text);
        }

        foreach (var alert in events.Cleared)
        {
            logger.Cleared(alert.Key, now - alert.RaisedAt);
        }

        feed.Pulse();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Beat, clock.Provider, stoppingToken).ConfigureAwait(false);
                try
                {
                    await LookAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    // The book is as before: the next look finds the same events.
                    logger.NotLooked(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}

/// <summary>Wakes whoever follows alerts.</summary>
public sealed class AlertFeed
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the next event is on record; taken before reading, so that none is missed.</summary>
    public Task Next() => Volatile.Read(ref _next).Task;

    internal void Pulse() => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
