using DrOrchestrator.Availability.Sights;

namespace DrOrchestrator.Testing.Availability.Sights;

/// <summary>Sights in memory.</summary>
public sealed class MemorySightStore : ISightStore
{
    private readonly Dictionary<string, (VantageBeat Beat, Dictionary<string, (long Number, Sight Sight)> Sights)> _points = [];

    public bool IsShared { get; init; } = true;

    /// <summary>Writes and readings fail while it is set.</summary>
    public Exception? Away { get; set; }

    public Task<SightWrite> WriteAsync(VantageBeat beat, IReadOnlyList<Sight> changed, CancellationToken cancellationToken)
    {
        lock (_points)
        {
            if (Away is { } away)
            {
                return Task.FromException<SightWrite>(away);
            }

            var before = _points.GetValueOrDefault(beat.Vantage);
            if (beat.Number > 1 && (before.Beat?.Epoch != beat.Epoch || before.Beat.Number != beat.Number - 1))
            {
                return Task.FromResult(before.Beat is { } other && other.Epoch != beat.Epoch ? SightWrite.Replaced : SightWrite.Lost);
            }

            var sights = beat.Number == 1 ? [] : before.Sights;
            foreach (var sight in changed)
            {
                sights[sight.Probe] = (beat.Number, sight);
            }

            _points[beat.Vantage] = (beat with { Estate = beat.Number == 1 ? beat.Estate : before.Beat!.Estate, Controls = beat.Number == 1 ? beat.Controls : before.Beat!.Controls }, sights);
            return Task.FromResult(SightWrite.Kept);
        }
    }

    public Task<IReadOnlyList<VantageReading>> ReadAsync(IReadOnlyDictionary<string, VantageBeat> known, CancellationToken cancellationToken)
    {
        lock (_points)
        {
            return Away is { } away
                ? Task.FromException<IReadOnlyList<VantageReading>>(away)
                : Task.FromResult<IReadOnlyList<VantageReading>>([.. _points.Values.OrderBy(point => point.Beat.Vantage, StringComparer.Ordinal).Select(point => Reading(point.Beat, point.Sights, known))]);
        }
    }

    private static VantageReading Reading(VantageBeat beat, Dictionary<string, (long Number, Sight Sight)> sights, IReadOnlyDictionary<string, VantageBeat> known)
    {
        var after = known.TryGetValue(beat.Vantage, out var before) && before.Epoch == beat.Epoch ? before.Number : 0;
        return new VantageReading(beat, after == 0, [.. sights.Values.Where(sight => sight.Number > after).Select(sight => sight.Sight)]);
    }
}
