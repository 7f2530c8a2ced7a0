namespace DrOrchestrator.Estates;

/// <summary>By which version of IP a probe connects.</summary>
public enum IpChoice
{
    /// <summary>any: whichever answers first.</summary>
    Any,

    /// <summary>4: IPv4 only.</summary>
    Four,

    /// <summary>6: IPv6 only.</summary>
    Six,
}
