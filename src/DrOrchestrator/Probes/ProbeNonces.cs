using System.Globalization;

namespace DrOrchestrator.Probes;

/// <summary>Values for <c>{{nonce}}</c> that are never sent twice: a random id of this process and a counter. Every write probe is thereby a new write, also after a restart.</summary>
internal sealed class ProbeNonces
{
    private readonly string _boot = Guid.NewGuid().ToString("N")[..16];
    private long _last;

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_boot}-{Interlocked.Increment(ref _last)}");
}
