using System.Collections.Concurrent;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Statements;
using DrOrchestrator.Time;

namespace DrOrchestrator.Compliance;

/// <summary>Hashes of the intervals that yearly verdicts rest on, as statements carry them; worked out once a minute at most.</summary>
internal sealed class IntervalHashes(ISystemAvailability availability, ProcessClock clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string? Hash)> _newest = new(StringComparer.Ordinal);

    /// <summary>Of the window; null where what people put on record cannot be read now: a verdict then stands without this evidence.</summary>
    public async Task<string?> OfAsync(string system, AvailabilityWindow window, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        if (_newest.TryGetValue(system, out var known) && now - known.At < Fresh)
        {
            return known.Hash;
        }

        string? hash = null;
        try
        {
            hash = await availability.EvidenceAsync(system, window.From, window.To, cancellationToken).ConfigureAwait(false) is { } evidence ? AvailabilityStatement.HashOf(evidence) : null;
        }
        catch (RecordsAwayException)
        {
            // The next minute asks again.
        }

        _newest[system] = (now, hash);
        return hash;
    }
}
