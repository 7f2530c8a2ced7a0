using System.Collections.Concurrent;
using System.Globalization;

namespace DrOrchestrator.Probes;

/// <summary>Versions of the databases that probes look at (verdict rule 10).</summary>
public interface IDatabaseVersions
{
    /// <summary>Major version of the server a probe has last seen; null where it has seen none, or is of another kind.</summary>
    int? MajorOf(string probe);
}

/// <summary>What probes have seen. Safe for concurrent use.</summary>
internal sealed class DatabaseVersions : IDatabaseVersions
{
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);

    public int? MajorOf(string probe) => _seen.TryGetValue(probe, out var major) ? major : null;

    /// <param name="version">As the server says it: <c>16.3 (Debian 16.3-1)</c>, <c>17beta1</c>.</param>
    public void Saw(string probe, string version)
    {
        var digits = version.AsSpan(0, version.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : version.Length);
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var major))
        {
            _seen[probe] = major;
        }
    }
}
