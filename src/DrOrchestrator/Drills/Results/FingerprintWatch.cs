using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Results;

/// <summary>A value of a part, from the moment it was first seen on.</summary>
public sealed record FingerprintRow(string Plan, string Part, string Value, DateTimeOffset SeenAt);

/// <summary>Values of fingerprints over time: one row per change.</summary>
public interface IFingerprintStore
{
    /// <summary>All rows, oldest first.</summary>
    Task<IReadOnlyList<FingerprintRow>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps rows and writes <c>fingerprint.changed</c> into the evidence, in one transaction.</summary>
    Task SaveAsync(IReadOnlyList<FingerprintRow> rows, CancellationToken cancellationToken);
}

/// <summary>Looks once a minute at what every plan would run on now, and keeps when a part changed: the days for an assessment count from there.</summary>
public sealed class FingerprintWatch(
    PlanLibrary plans, EstateHolder estates, RunFingerprinter fingerprinter, IFingerprintStore store, ProcessClock clock, ILogger<FingerprintWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<FingerprintRow>> _rows = new(StringComparer.Ordinal);
    private Dictionary<string, IReadOnlyDictionary<string, string>> _now = new(StringComparer.Ordinal);
    private bool _loaded;

    /// <summary>The parts of a plan as they were last read; of a part that cannot be read now, what is known last. Empty before the first look, and of a plan that is gone.</summary>
    public IReadOnlyDictionary<string, string> Now(string plan)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Volatile.Read(ref _now).GetValueOrDefault(plan) is not { } now)
        {
            return parts;
        }

        lock (_gate)
        {
            foreach (var row in _rows.GetValueOrDefault(plan) ?? [])
            {
                parts[row.Part] = row.Value;
            }
        }

        foreach (var (part, value) in now)
        {
            parts[part] = value;
        }

        return parts;
    }

    /// <summary>When a part was first seen, after a moment, with another value than <paramref name="was"/>; null when it never was.</summary>
    public DateTimeOffset? FirstOther(string plan, string part, string was, DateTimeOffset after)
    {
        lock (_gate)
        {
            return _rows.GetValueOrDefault(plan)?.Find(row => row.Part == part && row.Value != was && row.SeenAt > after)?.SeenAt;
        }
    }

    /// <summary>One look at every plan.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!_loaded)
        {
            Keep(await store.ReadAsync(cancellationToken).ConfigureAwait(false));
            _loaded = true;
        }

        var (estate, now) = (estates.Current, new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal));
        foreach (var plan in plans.All.Values)
        {
            now[plan.Name] = await fingerprinter.ReadAsync(plan, estate, cancellationToken).ConfigureAwait(false);
        }

        var fresh = Changed(now, clock.Now);
        if (fresh.Count > 0)
        {
            await store.SaveAsync(fresh, cancellationToken).ConfigureAwait(false);
            Keep(fresh);
        }

        Volatile.Write(ref _now, now);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(Beat, clock.Provider, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception failure)
            {
                // The next look finds the same change: nothing is lost but a minute.
                Log.FingerprintsNotRead(logger, failure);
                await Task.Delay(Beat, clock.Provider, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            }
        }
    }

    private List<FingerprintRow> Changed(Dictionary<string, IReadOnlyDictionary<string, string>> now, DateTimeOffset at)
    {
        lock (_gate)
        {
            return
            [
                .. from plan in now
                   from part in plan.Value
                   where _rows.GetValueOrDefault(plan.Key)?.FindLast(row => row.Part == part.Key)?.Value != part.Value
                   select new FingerprintRow(plan.Key, part.Key, part.Value, at),
            ];
        }
    }

    private void Keep(IReadOnlyList<FingerprintRow> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (!_rows.TryGetValue(row.Plan, out var ofPlan))
                {
                    _rows[row.Plan] = ofPlan = [];
                }

                ofPlan.Add(row);
            }
        }
    }
}
