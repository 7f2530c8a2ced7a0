using System.Globalization;
using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>
/// Exposure by the newest copy; pure. Its value is the age of the moment the data represents, up to now: an upper bound, since nothing may have changed since then.
/// The moment a backup ended, or was found, is not that moment.
/// </summary>
internal static class MomentExposure
{
    /// <summary>A clock that differs by more than this is told.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    public static Exposure Of(RecoveryPointDefinition definition, MomentResult result)
    {
        var settings = (MomentSettings)definition.Settings;
        var unknown = new Exposure(
            definition.System, settings.Standby, null, null, null, ReplicationState.Unknown, result.At, result.At + ExposureCalculator.Validity(definition.Interval, definition.Timeout), "")
        {
            RecoveryPoint = definition.Name,
            Mechanism = settings.IsContinuous ? CopyMechanism.Continuous : CopyMechanism.Periodic,
        };
        return result switch
        {
            MomentResult.Read read => Known(unknown, settings, read),
            MomentResult.Empty empty => unknown with { Replication = ReplicationState.NotProtected, Reason = empty.Reason },
            MomentResult.Failed failed => unknown with { Reason = failed.Reason },
            _ => throw new InvalidOperationException($"unexpected result {result}"),
        };
    }

    /// <summary>The same copy at a later moment: its age has grown.</summary>
    public static Exposure At(Exposure exposure, DateTimeOffset now) =>
        exposure is { Represents: not null, Value: { } value } && now > exposure.ObservedAt && value + (now - exposure.ObservedAt) is var grown
            ? exposure with { Value = grown, Highest = grown }
            : exposure;

    private static Exposure Known(Exposure unknown, MomentSettings settings, MomentResult.Read read)
    {
        // The moment stands on the clock of whoever made the copy: one that is ahead makes it look too young. One that is behind only errs on the large side.
        var offset = read.ClockOffset is { } differs && differs.Duration() > ClockTolerance ? differs : TimeSpan.Zero;
        List<string> notes = [.. read.Notes];
        if (offset != TimeSpan.Zero)
        {
            notes.Add(offset > TimeSpan.Zero
                ? string.Create(CultureInfo.InvariantCulture, $"its clock is {offset.TotalSeconds:0.#}s ahead of ours, which is added")
                : string.Create(CultureInfo.InvariantCulture, $"its clock is {-offset.TotalSeconds:0.#}s behind ours"));
        }

        var age = read.At - read.Represents + (offset > TimeSpan.Zero ? offset : TimeSpan.Zero);
        if (age < -ClockTolerance)
        {
            return unknown with
            {
                Represents = read.Represents,
                Reason = string.Create(CultureInfo.InvariantCulture, $"{read.What} represents a moment {-age.TotalSeconds:0.#}s in the future: one of the clocks is wrong"),
                Notes = notes,
            };
        }

        var value = age > TimeSpan.Zero ? age : TimeSpan.Zero;
        var isLate = settings.ExpectedEvery is { } every && value > every;
        return unknown with
        {
            Value = value,
            Lowest = TimeSpan.Zero,
            Highest = value,
            Replication = isLate ? ReplicationState.NotProtected : ReplicationState.Protected,
            Represents = read.Represents,
            Reason = isLate
                ? string.Create(CultureInfo.InvariantCulture, $"the newest copy that counts is {read.What}, older than the {settings.ExpectedEvery!.Value.TotalSeconds:0.#}s expected")
                : $"the newest copy that counts is {read.What}",
            Notes = notes,
        };
    }
}
