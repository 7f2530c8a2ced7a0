using System.Collections.Concurrent;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Results;

/// <summary>
/// Who serves now. Kept with the journal (the outcome of a promotion and the change of serving site are one transaction); this is its mirror in memory, filled at
/// start and moved after each such commit.
/// </summary>
public sealed class ServingSites(EstateHolder estates) : IServingSites
{
    private readonly ConcurrentDictionary<string, string> _moved = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public string ServingSiteOf(string system) => _moved.GetValueOrDefault(system) ?? estates.Current.FindSystem(system)?.Serving ?? "";

    /// <summary>A run has made another site the serving one.</summary>
    public void Moved(string system, string site) => _moved[system] = site;
}
