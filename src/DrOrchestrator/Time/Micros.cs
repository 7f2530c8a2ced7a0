using System.Globalization;

namespace DrOrchestrator.Time;

/// <summary>The two forms in which moments leave the process: BIGINT microseconds since the Unix epoch in the store, RFC 3339 text elsewhere.</summary>
public static class Micros
{
    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    public static long ToUnixMicros(this DateTimeOffset moment) => (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The moment that many microseconds after the Unix epoch, in UTC.</summary>
    public static DateTimeOffset FromUnixMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <summary>RFC 3339 in UTC with six digits of fraction, e.g. <c>2026-11-22T08:00:00.000000Z</c>.</summary>
    public static string ToRfc3339(this DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
