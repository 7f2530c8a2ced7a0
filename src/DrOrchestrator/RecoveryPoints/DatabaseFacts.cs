namespace DrOrchestrator.RecoveryPoints;

/// <summary>How a replicated database is set up, as far as it was ever read (verdict rule 10). What cannot be read now is as it was read last.</summary>
/// <param name="MajorVersion">Of the primary; null where nobody has read it.</param>
/// <param name="Modes">
/// Replication mode by standby, as the primary's settings declare it: <c>asynchronous</c>, <c>synchronous</c>, or <c>synchronous (remote_apply)</c> where commits wait by
/// another word than <c>on</c>. Whether the standby is attached at the moment is no part of it.
/// </param>
public sealed record DatabaseFacts(int? MajorVersion, IReadOnlyDictionary<string, string> Modes);

/// <summary>How the databases behind recovery points are set up.</summary>
public interface IDatabaseFacts
{
    /// <summary>Of one recovery point; null where it was never read, or is of a kind that cannot tell.</summary>
    DatabaseFacts? Of(string recoveryPoint);
}

/// <summary>
/// Keeps the mode that lasts. Some cluster managers rewrite the primary's settings within seconds when a standby comes and goes: another mode than the one known counts once
/// nothing else was read for ten minutes. Looks that could not read it neither confirm nor contradict it. Safe for concurrent use.
/// </summary>
internal sealed class DatabaseFactsKeeper : IDatabaseFacts
{
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(10);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DatabaseFacts> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<(string RecoveryPoint, string Standby), (string Mode, DateTimeOffset Since)> _others = [];

    /// <summary>Takes what a look read; what it could not read it leaves out.</summary>
    public void Add(string recoveryPoint, DatabaseFacts look, DateTimeOffset at)
    {
        lock (_gate)
        {
            var known = _known.GetValueOrDefault(recoveryPoint);
            var modes = new Dictionary<string, string>(known?.Modes ?? new Dictionary<string, string>(), StringComparer.Ordinal);
            foreach (var (standby, mode) in look.Modes.Where(read => Lasts((recoveryPoint, read.Key), modes.GetValueOrDefault(read.Key), read.Value, at)))
            {
                modes[standby] = mode;
            }

            _known[recoveryPoint] = new DatabaseFacts(look.MajorVersion ?? known?.MajorVersion, modes);
        }
    }

    public DatabaseFacts? Of(string recoveryPoint)
    {
        lock (_gate)
        {
            return _known.GetValueOrDefault(recoveryPoint);
        }
    }

    private bool Lasts((string RecoveryPoint, string Standby) place, string? known, string mode, DateTimeOffset at)
    {
        if (known is null || known == mode)
        {
            _others.Remove(place);
            return true;
        }

        if (!_others.TryGetValue(place, out var other) || other.Mode != mode)
        {
            _others[place] = (mode, at);
            return false;
        }

        if (at - other.Since < Lasting)
        {
            return false;
        }

        _others.Remove(place);
        return true;
    }
}
