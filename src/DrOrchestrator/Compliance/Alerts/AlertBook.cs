namespace DrOrchestrator.Compliance.Alerts;

/// <summary>What is to be put on record now.</summary>
internal sealed record AlertEvents(IReadOnlyList<AlertCondition> Raised, IReadOnlyList<Alert> Cleared);

/// <summary>Turns conditions into events, with hysteresis by kind. Not safe for concurrent use.</summary>
internal sealed class AlertBook
{
    private readonly Dictionary<string, Alert> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _gone = new(StringComparer.Ordinal);

    /// <summary>Those that hold.</summary>
    public IReadOnlyCollection<Alert> Open => _open.Values;

    /// <summary>Whether an alert of that key holds.</summary>
    public bool IsOpen(string key) => _open.ContainsKey(key);

    /// <summary>Takes over what an earlier process left open, or what was just put on record.</summary>
    public void Add(IEnumerable<Alert> alerts)
    {
        foreach (var alert in alerts)
        {
            _open[alert.Key] = alert;
            _since.Remove(alert.Key);
        }
    }

    /// <summary>Takes out what was just put on record as cleared.</summary>
    public void Remove(IEnumerable<Alert> alerts)
    {
        foreach (var alert in alerts)
        {
            _open.Remove(alert.Key);
            _gone.Remove(alert.Key);
        }
    }

    /// <summary>What the conditions of this moment lead to.</summary>
    /// <param name="notKnown">Keys of conditions of which nobody can tell whether they hold: what is open stays open, and must be seen gone for its whole time afterwards.</param>
    public AlertEvents Take(IReadOnlyList<AlertCondition> conditions, DateTimeOffset now, IReadOnlySet<string>? notKnown = null)
    {
        var holding = conditions.DistinctBy(condition => condition.Key).ToDictionary(condition => condition.Key, StringComparer.Ordinal);
        foreach (var ended in _since.Keys.Where(key => !holding.ContainsKey(key)).ToList())
        {
            _since.Remove(ended);
        }

        var raised = new List<AlertCondition>();
        foreach (var condition in holding.Values)
        {
            _gone.Remove(condition.Key);
            if (_open.ContainsKey(condition.Key))
            {
                continue;
            }

            var since = _since[condition.Key] = _since.GetValueOrDefault(condition.Key, now);
            if (now - since >= AlertKinds.All[condition.Kind].RaiseAfter)
            {
                raised.Add(condition);
            }
        }

        var cleared = new List<Alert>();
        foreach (var alert in _open.Values.Where(alert => !holding.ContainsKey(alert.Key)))
        {
            if (notKnown?.Contains(alert.Key) == true)
            {
                _gone.Remove(alert.Key);
                continue;
            }

            var gone = _gone[alert.Key] = _gone.GetValueOrDefault(alert.Key, now);
            if (now - gone >= (AlertKinds.All.GetValueOrDefault(alert.Kind)?.ClearAfter ?? TimeSpan.Zero))
            {
                cleared.Add(alert with { ClearedAt = now });
            }
        }

        return new AlertEvents(raised, cleared);
    }
}
