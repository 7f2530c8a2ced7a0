using System.Globalization;

namespace DrOrchestrator.Estates;

/// <summary>What a measured number may be; a probe whose number is outside is down.</summary>
/// <param name="AtLeast">Lowest good value, or null.</param>
/// <param name="AtMost">Highest good value, or null.</param>
/// <param name="Exactly">The only good value, or null.</param>
public sealed record ValueLimits(double? AtLeast, double? AtMost, double? Exactly)
{
    /// <summary>Any number is good.</summary>
    public static ValueLimits None { get; } = new(null, null, null);

    /// <summary>Whether anything is asked of the number.</summary>
    public bool Any => AtLeast is not null || AtMost is not null || Exactly is not null;

    /// <summary>The limit that a value breaks, in words (<c>at least 3</c>); null when it is good. A value that is no number breaks every limit.</summary>
    public string? BrokenBy(double value) =>
        Exactly is { } exact && !(value == exact) ? $"exactly {Text(exact)}"
        : AtLeast is { } least && !(value >= least) ? $"at least {Text(least)}"
        : AtMost is { } most && !(value <= most) ? $"at most {Text(most)}"
        : null;

    /// <summary>A number as reasons write it: at most 10 significant digits.</summary>
    public static string Text(double value) => value.ToString("0.##########", CultureInfo.InvariantCulture) is var plain && plain.Length <= 20 ? plain : value.ToString("G10", CultureInfo.InvariantCulture);
}
