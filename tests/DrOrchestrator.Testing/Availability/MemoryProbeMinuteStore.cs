using DrOrchestrator.Availability;

namespace DrOrchestrator.Testing.Availability;

/// <summary>Minutes of probes in memory.</summary>
public sealed class MemoryProbeMinuteStore : IProbeMinuteStore
{
    private readonly object _gate = new();
    private readonly Dictionary<(string Probe, DateTimeOffset Minute, string Epoch), SeenMinute> _rows = [];

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

                foreach (var old in _rows.Keys.Where(row => row.Probe == key.Probe && seen.Minute.Minute.Minute == 0 && row.Minute < key.Minute - IProbeMinuteStore.Kept).ToList())
                {
                    _rows.Remove(old);
                }
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
}
