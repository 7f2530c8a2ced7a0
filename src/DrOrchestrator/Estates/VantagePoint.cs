namespace DrOrchestrator.Estates;

/// <summary>When a vantage point counts as lost.</summary>
public enum ControlsRule
{
    /// <summary>all: every control target fails.</summary>
    All,

    /// <summary>any: one control target fails.</summary>
    Any,
}

/// <summary>A place that one server of ours looks from. Its name travels with every result, so that several may vote.</summary>
/// <param name="Controls">What can always be reached from there while its own network works; none means that it never suspects itself.</param>
public sealed record VantagePoint(string Name, IReadOnlyList<ControlTarget> Controls, ControlsRule LostWhen)
{
    /// <summary>Where the estate declares none.</summary>
    public static VantagePoint Undeclared { get; } = new("", [], ControlsRule.All);
}

/// <summary>Something near, of the vantage point's own (a gateway, a name server), that says whether its network works.</summary>
/// <param name="Timeout">Of one look.</param>
/// <param name="Settings">Of kind <c>tcp</c>, <c>http</c>, <c>dns</c> or <c>icmp</c>.</param>
public sealed record ControlTarget(string Name, TimeSpan Timeout, ProbeSettings Settings);
