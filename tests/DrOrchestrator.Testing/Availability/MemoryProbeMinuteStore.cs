using DrOrchestrator.Availability;

namespace DrOrchestrator.Testing.Availability;

/// <summary>Minutes of probes in memory, and the hours made of them.</summary>
public sealed class MemoryProbeMinuteStore : IProbeMinuteStore
{
    private readonly object _gate = new();
    private readonly Dictionary<(string Probe, DateTimeOffset Minute, string Epoch), SeenMinute> _rows = [];
    private readonly Dictionary<(string Probe, DateTimeOffset Hour, string Epoch), ProbeHour> _hours = [];
    private readonly HashSet<(string Probe, DateTimeOffset Hour)> _due = [];

    public Task SaveAsync(IReadOnlyList<SeenMinute> minutes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var seen in minutes)
            {
                var key = (seen.Minute.Probe, seen.Minute.Minute, seen.Epoch);
                if (!_rows.TryGetValue(key, out var known) || seen.Minute.Results >= known.Minute.Results)
                {
                    _rows[key] = seen;
                }

                _due.Add((key.Probe, ProbeHour.Of(key.Minute)));
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<SeenMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<SeenMinute>>(
            [
                .. _rows.Values.Where(row => row.Minute.Probe == probe && row.Minute.Minute >= from && row.Minute.Minute < to)
                    .OrderBy(row => row.Minute.Minute).ThenBy(row => row.Epoch, StringComparer.Ordinal),
            ]);
        }
    }

    public async Task<ProbePast> ReadPastAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var minutes = await ReadAsync(probe, from, to, cancellationToken);
        lock (_gate)
        {
            return new ProbePast(
                [
                    .. _hours.Values.Where(hour => hour.Probe == probe && hour.Hour >= from && hour.Hour.AddHours(1) <= to)
                        .OrderBy(hour => hour.Hour).ThenBy(hour => hour.Epoch, StringComparer.Ordinal),
                ],
                []).With(minutes);
        }
    }

    public Task<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var due = _due.Where(hour => hour.Hour < ProbeHour.Of(now - IProbeMinuteStore.RolledUpAfter)).ToList();
            foreach (var (probe, hour) in due)
            {
                foreach (var made in ProbeHour.RollUp(
                    [.. _hours.Values.Where(known => known.Probe == probe && known.Hour == hour)],
                    [.. _rows.Values.Where(row => row.Minute.Probe == probe && ProbeHour.Of(row.Minute.Minute) == hour)]))
                {
                    _hours[(probe, hour, made.Epoch)] = made;
                }

                _due.Remove((probe, hour));
            }

            return Task.FromResult(due.Count + Remove(_hours, key => key.Hour < ProbeHour.Of(now - IProbeMinuteStore.HoursKept)) + Remove(
                _rows, key => key.Minute < ProbeHour.Of(now - IProbeMinuteStore.Kept) && !_due.Contains((key.Probe, ProbeHour.Of(key.Minute)))));
        }
    }

    private static int Remove<TKey, TValue>(Dictionary<TKey, TValue> rows, Func<TKey, bool> which)
        where TKey : notnull
    {
        var removed = rows.Keys.Where(which).ToList();
        removed.ForEach(key => rows.Remove(key));
        return removed.Count;
    }
}
