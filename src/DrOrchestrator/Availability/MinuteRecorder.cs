using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability;

/// <summary>Collects the results of one probe into the minute that is running. Not safe for concurrent use; called under its subject's gate.</summary>
internal sealed class MinuteRecorder(string probe)
{
    private readonly LatencyRecorder _latency = new();
    private DateTimeOffset _minute;
    private int _good;
    private int _failed;
    private int _unknown;
    private ProbeValues? _values;

    private bool IsEmpty => _good + _failed + _unknown == 0;

    /// <summary>Takes a result as measured from here, or one that others dispute (<see cref="Subject.Settle"/>); gives the minute before when the result is of a later one.</summary>
    public ProbeMinute? Add(ProbeResult result)
    {
        var finished = EndBefore(ProbeMinute.Of(result.EndedAt));
        if (IsEmpty)
        {
            _minute = ProbeMinute.Of(result.EndedAt);
        }

        // A failure that other vantage points dispute is none of the service's quality.
        switch (result.Outcome)
        {
            case ProbeOutcome.Up:
                _good++;
                _latency.Add(result.Duration);
                break;
            case ProbeOutcome.Down:
                _failed++;
                break;
            default:
                _unknown++;
                break;
        }

        if (result.Value is { } value)
        {
            var one = new ProbeValues(1, value, value, value);
            _values = _values?.Merge(one) ?? one;
        }

        return finished;
    }

    /// <summary>Ends the minute when it is one before <paramref name="minute"/>.</summary>
    public ProbeMinute? EndBefore(DateTimeOffset minute)
    {
        if (IsEmpty || _minute >= minute)
        {
            return null;
        }

        var finished = SoFar();
        (_good, _failed, _unknown, _values) = (0, 0, 0, null);
        _latency.Clear();
        return finished;
    }

    /// <summary>The running minute as it is; null when it has no result.</summary>
    public ProbeMinute? SoFar() => IsEmpty ? null : new ProbeMinute(probe, _minute, _good, _failed, _unknown, _latency.ToHistogram(), _values);
}
