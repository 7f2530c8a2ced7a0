using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// A record that the database refuses for what it says would keep everything behind it out for ever. It is taken apart: what is refused of it is set aside, a gap goes on
/// record in its place, and the others' observations are kept.
/// </summary>
internal sealed class RefusedRecords(SetAside aside, ProcessClock clock, ILogger logger)
{
    /// <summary>The newest gap that went on record; null when none did since the start.</summary>
    public SpoolLoss? Newest { get; private set; }

    /// <summary>Brings the record in parts; false when the database went away meanwhile: then the whole record comes again.</summary>
    /// <param name="apply">Whether the database keeps a record, and if not why it refuses it; null when it is away.</param>
    public async Task<bool> TryApplyAsync(SpoolRecord record, string why, Func<SpoolRecord, Task<(bool IsKept, string? Refusal)>> apply)
    {
        var refused = new List<SpoolRecord>();
        foreach (var part in Refusals.Parts(record))
        {
            var (isKept, refusal) = await apply(part).ConfigureAwait(false);
            if (!isKept)
            {
                if (refusal is null)
                {
                    return false;
                }

                why = refusal;
                refused.Add(part);
            }
        }

        if (refused.Count == 0 && record.DamagedUntil is null)
        {
            return true;
        }

        var whole = Refusals.Together(record, refused);
        using var content = new MemoryStream(SpoolCodec.Write(whole));
        Log.Refused(logger, refused.Count, aside.Keep("refused", content) ?? "nothing, for lack of room", why);
        foreach (var gap in Refusals.Instead(record, whole, clock.Now))
        {
            var (isKept, refusal) = await apply(gap).ConfigureAwait(false);
            if (isKept || refusal is null)
            {
                Newest = isKept ? gap.Loss : Newest;
                return isKept;
            }
        }

        return true;
    }
}
