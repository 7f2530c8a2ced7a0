using System.Data.Common;
using System.Text;
using DrOrchestrator.Availability;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Records the database answers with no, whoever brings them and whenever: taken apart, so that nobody's observations go with another's.</summary>
internal static class Refusals
{
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    /// <summary>
    /// Whether the record itself is at fault, not the database, the line or the moment: a constraint, a value, a trigger (classes 22, 23 and P0 of PostgreSQL), text
    /// that cannot be encoded.
    /// </summary>
    public static bool IsAboutTheRecord(Exception? failure) => failure switch
    {
        null => false,
        EncoderFallbackException => true,
        SqliteException sqlite => sqlite.SqliteErrorCode is SqliteConstraint or SqliteMismatch,
        DbException { SqlState: { } state } => state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal) || state.StartsWith("P0", StringComparison.Ordinal),
        _ => IsAboutTheRecord(failure.InnerException),
    };

    /// <summary>
    /// The record once more, a part for each subject, in an order that is always the same: they carry numbers of a writer of their own, so that those which are in the
    /// database already are known when the record comes again.
    /// </summary>
    public static IReadOnlyList<SpoolRecord> Parts(SpoolRecord record)
    {
        var parts = new List<SpoolRecord>();
        if (record.Timeline is { } batch)
        {
            foreach (var subject in Subjects(batch))
            {
                Add(new SpoolRecord("", 0) { Timeline = Of(batch, subject) });
            }
        }

        foreach (var pair in record.Exposures.GroupBy(sample => (sample.System, sample.Standby)))
        {
            Add(new SpoolRecord("", 0) { Exposures = [.. pair] });
        }

        foreach (var pair in record.Synchrony.GroupBy(stretch => (stretch.System, stretch.Standby)))
        {
            Add(new SpoolRecord("", 0) { Synchrony = [.. pair] });
        }

        if (record.Loss is { } loss)
        {
            Add(new SpoolRecord("", 0) { Loss = loss });
        }

        return parts;

        void Add(SpoolRecord part) => parts.Add(part with { Writer = WriterOfParts(record), Number = parts.Count + 1 });
    }

    /// <summary>Parts as one record again.</summary>
    public static SpoolRecord Together(SpoolRecord record, IReadOnlyList<SpoolRecord> parts)
    {
        var batches = parts.Select(part => part.Timeline).OfType<TimelineBatch>().ToList();
        return record with
        {
            Timeline = batches.Count == 0 ? null : new TimelineBatch(
                [.. batches.SelectMany(batch => batch.Changes)], [.. batches.SelectMany(batch => batch.Blips)], [.. batches.SelectMany(batch => batch.Observed)])
            {
                Minutes = [.. batches.SelectMany(batch => batch.Minutes)],
            },
            Exposures = [.. parts.SelectMany(part => part.Exposures)],
            Synchrony = [.. parts.SelectMany(part => part.Synchrony)],
            Loss = parts.Select(part => part.Loss).FirstOrDefault(loss => loss is not null),
        };
    }

    /// <summary>
    /// What goes on record instead of the parts that were refused, best first, should that be refused too: the gap with the states that follow it, the gap alone, and at
    /// least that there is one.
    /// </summary>
    public static IReadOnlyList<SpoolRecord> Instead(SpoolRecord record, SpoolRecord refused, DateTimeOffset now)
    {
        var batch = refused.Timeline ?? new TimelineBatch([], [], []);
        var moments = batch.Changes.Select(change => change.At.At).Concat(batch.Observed.Select(observed => observed.Until))
            .Concat(batch.Blips.SelectMany(blip => new[] { blip.From, blip.To })).Concat(batch.Minutes.Select(seen => seen.Minute.Minute))
            .Concat(refused.Exposures.Select(sample => sample.Second)).Concat(refused.Synchrony.SelectMany(stretch => new[] { stretch.From, stretch.To })).DefaultIfEmpty(now).ToList();
        var pairs = refused.Exposures.Select(sample => $"{sample.System} {sample.Standby}").Concat(refused.Synchrony.Select(stretch => $"{stretch.System} {stretch.Standby}"));
        var names = Subjects(batch).Concat(pairs.Distinct()).ToList();
        var gap = new SpoolRecord(WriterOfParts(record), Parts(record).Count + 1)
        {
            Loss = new SpoolLoss(moments.Min(), moments.Max(), names) { Cause = SpoolLossCause.Refused },
        };
        return [gap with { Refused = new RefusedPart(Seen(batch), batch) }, gap with { Refused = new RefusedPart(Seen(batch), null) }, gap];
    }

    /// <summary>Whose states or observations are missing; minutes alone leave no gap in a time line.</summary>
    private static IReadOnlyList<string> Seen(TimelineBatch batch) =>
    [
        .. batch.Changes.Select(change => change.Subject).Concat(batch.Observed.Select(observed => observed.Subject)).Concat(batch.Blips.Select(blip => blip.Subject))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private static string WriterOfParts(SpoolRecord record) => $"{record.Writer}/{record.Number}";

    private static IEnumerable<string> Subjects(TimelineBatch batch) =>
        Seen(batch).Concat(batch.Minutes.Select(seen => seen.Minute.Probe)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static TimelineBatch Of(TimelineBatch batch, string subject) => new(
        [.. batch.Changes.Where(change => change.Subject == subject)],
        [.. batch.Blips.Where(blip => blip.Subject == subject)],
        [.. batch.Observed.Where(observed => observed.Subject == subject)])
    {
        Minutes = [.. batch.Minutes.Where(seen => seen.Minute.Probe == subject)],
    };
}
