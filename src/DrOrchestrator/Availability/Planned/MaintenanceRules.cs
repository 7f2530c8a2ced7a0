using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability.Planned;

/// <summary>What is asked for. Systems must be of the estate.</summary>
public sealed record MaintenanceRequest(string ChangeNumber, IReadOnlyList<string> Systems, DateTimeOffset Start, DateTimeOffset End, string Reason);

/// <summary>What the estate allows.</summary>
/// <param name="Notice">Least time from the approval to the start.</param>
/// <param name="Longest">From the start to the end.</param>
internal sealed record MaintenanceLimits(TimeSpan Notice, TimeSpan Longest);

/// <summary>
/// Verdict rule 4, pure: planned is what was on record, approved by another person, long enough before it began. Nothing recorded later can shorten downtime: there is
/// no way to move an entry, to approve one late, or to call one off that has begun; what people know of later can only be added as an outage.
/// </summary>
internal static class MaintenanceRules
{
    private const int LongestText = 2000;
    private const int LongestNumber = 200;

    /// <summary>Clocks of one machine; more than this is a clock set back.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    public static MaintenanceResult Request(MaintenanceBook book, MaintenanceRequest request, Person by, DateTimeOffset now, MaintenanceLimits limits, IReadOnlyCollection<string> systems)
    {
        if (ClockBehind(book, now) is { } behind)
        {
            return behind;
        }

        if (Missing(request.ChangeNumber, "changeNumber", "the number of the approved change", LongestNumber) is { } noChange)
        {
            return noChange;
        }

        if (Missing(request.Reason, "reason", "what is done and why") is { } noReason)
        {
            return noReason;
        }

        if (request.Systems.Count == 0 || request.Systems.FirstOrDefault(system => !systems.Contains(system)) is not null)
        {
            var unknown = request.Systems.FirstOrDefault(system => !systems.Contains(system));
            return Refuse("unknown-system", $"{(unknown is null ? "no system is named" : $"there is no system '{unknown}'")}; allowed: {string.Join(", ", systems.Order(StringComparer.Ordinal))}.");
        }

        if (request.End <= request.Start)
        {
            return Refuse("empty-window", $"it ends at {Text(request.End)} and starts at {Text(request.Start)}; allowed: an end after the start.");
        }

        if (TooLong(request.Start, request.End, limits.Longest) is { } tooLong)
        {
            return tooLong;
        }

        if (request.Start <= now)
        {
            return Refuse(
                "after-the-fact",
                $"it starts at {Text(request.Start)} and it is {Text(now)}: what is recorded afterwards stays unplanned. Record what is known with 'dro outage record'; downtime is not shortened by it.");
        }

        if (request.Start < now + limits.Notice)
        {
            return Refuse(
                "notice-too-short",
                $"it starts at {Text(request.Start)}, {Hours(request.Start - now)} from now; allowed: {Hours(limits.Notice)} from the approval to the start. Choose a later start; an emergency change is made without an entry and counts as unplanned.");
        }

        var number = book.Entries.Count == 0 ? 1 : book.Entries.Max(known => known.Number) + 1;
        var entry = new MaintenanceEntry(
            number,
            request.ChangeNumber.Trim(),
            [.. request.Systems.Distinct(StringComparer.Ordinal)],
            Whole(request.Start),
            Whole(request.End),
            request.Reason.Trim(),
            limits.Notice,
            new MaintenanceWord(by.Id, now),
            null,
            null);
        return Enter(entry, by, "maintenance.requested");
    }

    public static MaintenanceResult Approve(MaintenanceBook book, long number, Person by, DateTimeOffset now, TimeSpan longest)
    {
        if (ClockBehind(book, now) is { } behind)
        {
            return behind;
        }

        if (book.Entries.FirstOrDefault(known => known.Number == number) is not { } entry)
        {
            return NoSuchEntry(number);
        }

        if (entry.Requested.By == by.Id)
        {
            return Refuse("own-request", $"{by.Id} asked for maintenance {number}; allowed: another person with the role approver.");
        }

        if (entry.Cancelled is not null || entry.Approved is not null)
        {
            return Refuse("already-decided", $"maintenance {number} is {entry.State} since {Text((entry.Cancelled ?? entry.Approved)!.At)}.");
        }

        if (now >= entry.Start)
        {
            return Refuse("after-the-fact", $"maintenance {number} started at {Text(entry.Start)} without an approval and it is {Text(now)}: it stays unplanned. Downtime is not shortened afterwards.");
        }

        if (TooLong(entry.Start, entry.End, longest) is { } tooLong)
        {
            return tooLong;
        }

        return now + entry.Notice > entry.Start
            ? Refuse(
                "notice-too-short",
                $"maintenance {number} starts at {Text(entry.Start)}, {Hours(entry.Start - now)} from now; allowed: {Hours(entry.Notice)} from the approval to the start. Request a later one.")
            : Enter(entry with { Approved = new MaintenanceWord(by.Id, now) }, by, "maintenance.approved");
    }

    public static MaintenanceResult Cancel(MaintenanceBook book, long number, string reason, Person by, DateTimeOffset now)
    {
        if (ClockBehind(book, now) is { } behind)
        {
            return behind;
        }

        if (book.Entries.FirstOrDefault(known => known.Number == number) is not { } entry)
        {
            return NoSuchEntry(number);
        }

        if (Missing(reason, "reason", "why it is called off") is { } noReason)
        {
            return noReason;
        }

        if (entry.Cancelled is { } cancelled)
        {
            return Refuse("already-decided", $"maintenance {number} is cancelled since {Text(cancelled.At)}.");
        }

        return now >= entry.Start
            ? Refuse("has-begun", $"maintenance {number} began at {Text(entry.Start)}; only one that has not begun can be called off. It ends by itself: a service that is up counts as up.")
            : Enter(entry with { Cancelled = new MaintenanceWord(by.Id, now, reason.Trim()) }, by, "maintenance.cancelled");
    }

    public static MaintenanceResult Report(MaintenanceBook book, OutageReport report, Person by, DateTimeOffset now, IReadOnlyCollection<string> systems)
    {
        if (!systems.Contains(report.System))
        {
            return Refuse("unknown-system", $"there is no system '{report.System}'; allowed: {string.Join(", ", systems.Order(StringComparer.Ordinal))}.");
        }

        if (Missing(report.Source, "source", "how it is known: a ticket, a call, a bulletin") is { } noSource)
        {
            return noSource;
        }

        if (Missing(report.Reason, "reason", "what happened") is { } noReason)
        {
            return noReason;
        }

        if (report.ChangeNumber is { Length: > LongestNumber } overlong)
        {
            return Overlong(overlong, "changeNumber", LongestNumber);
        }

        if (report.To <= report.From || report.To > now)
        {
            return Refuse("empty-window", $"it lasted from {Text(report.From)} to {Text(report.To)} and it is {Text(now)}; allowed: an end after the beginning and not in the future.");
        }

        var number = book.Outages.Count == 0 ? 1 : book.Outages.Max(known => known.Number) + 1;
        var outage = report with { Number = number, From = Whole(report.From), To = Whole(report.To), Recorded = new MaintenanceWord(by.Id, now) };
        var payload = new JsonObject
        {
            ["number"] = outage.Number,
            ["system"] = outage.System,
            ["from"] = outage.From.ToRfc3339(),
            ["to"] = outage.To.ToRfc3339(),
            ["source"] = outage.Source,
            ["reason"] = outage.Reason,
            ["changeNumber"] = outage.ChangeNumber,
            ["simulated"] = by.Simulated,
        };
        return new MaintenanceResult.Reported(outage, new EvidenceDraft("outage.reported", by.Id, null, outage.System, payload));
    }

    private static MaintenanceResult.Entered Enter(MaintenanceEntry entry, Person by, string kind)
    {
        var payload = new JsonObject
        {
            ["number"] = entry.Number,
            ["changeNumber"] = entry.ChangeNumber,
            ["systems"] = new JsonArray([.. entry.Systems.Select(system => JsonValue.Create(system))]),
            ["start"] = entry.Start.ToRfc3339(),
            ["end"] = entry.End.ToRfc3339(),
            ["reason"] = entry.Reason,
            ["noticeSeconds"] = (long)entry.Notice.TotalSeconds,
            ["requestedBy"] = entry.Requested.By,
            ["requestedAt"] = entry.Requested.At.ToRfc3339(),
            ["approvedBy"] = entry.Approved?.By,
            ["approvedAt"] = entry.Approved?.At.ToRfc3339(),
            ["cancelledBy"] = entry.Cancelled?.By,
            ["cancelledAt"] = entry.Cancelled?.At.ToRfc3339(),
            ["cancelReason"] = entry.Cancelled?.Reason,
            ["simulated"] = by.Simulated,
        };
        return new MaintenanceResult.Entered(entry, new EvidenceDraft(kind, by.Id, null, entry.Systems.Count == 1 ? entry.Systems[0] : null, payload));
    }

    /// <summary>With its clock set back, a server would take yesterday's interruption for tomorrow's.</summary>
    private static MaintenanceResult.Refused? ClockBehind(MaintenanceBook book, DateTimeOffset now) => book.Newest is { } newest && newest > now + Tolerance
        ? Refuse("clock-behind", $"this server's clock says {Text(now)}, and something seen at {Text(newest)} is on record already. Set the clock right; until then nothing is planned.")
        : null;

    private static MaintenanceResult.Refused? Missing(string text, string key, string what, int longest = LongestText) =>
        string.IsNullOrWhiteSpace(text) ? Refuse($"{key}-missing", $"{key} is empty; allowed: {what}.")
        : text.Length > longest ? Overlong(text, key, longest)
        : null;

    private static MaintenanceResult.Refused Overlong(string text, string key, int longest) =>
        Refuse($"{key}-too-long", $"{key} has {text.Length} characters; allowed: {longest}.");

    private static MaintenanceResult.Refused? TooLong(DateTimeOffset start, DateTimeOffset end, TimeSpan longest) => end - start > longest
        ? Refuse("too-long", $"it lasts {Hours(end - start)}; allowed: {Hours(longest)} (maintenance: {{ longest: ... }} of the estate). Shorten it, or let the estate allow more.")
        : null;

    private static MaintenanceResult.Refused NoSuchEntry(long number) => Refuse("no-such-maintenance", $"There is no maintenance {number}.");

    private static MaintenanceResult.Refused Refuse(string code, string detail) => new(code, detail);

    private static DateTimeOffset Whole(DateTimeOffset moment) => Micros.FromUnixMicros(moment.ToUnixMicros());

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Hours(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.##} h");
}
