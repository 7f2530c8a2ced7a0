using System.Globalization;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>The two forms of time in Kubernetes objects.</summary>
internal static class Moments
{
    /// <summary>Whole seconds, the usual form.</summary>
    public static string ToSeconds(this DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Microseconds, as in leases.</summary>
    public static string ToMicroseconds(this DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : null;
}
