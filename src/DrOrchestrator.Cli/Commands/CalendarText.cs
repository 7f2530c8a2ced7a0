using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary>The calendar as text, what is still to be made up for first. Pure.</summary>
internal static class CalendarText
{
    public static void Write(TextWriter writer, CalendarView calendar, StatusWords words, int width)
    {
        if (calendar.Entries.Count == 0)
        {
            writer.WriteLine(words["the estate has no calendar entries"]);
        }

        foreach (var entry in calendar.Entries)
        {
            if ((entry.Standing?.Text ?? entry.Overdue?.Finding) is { } wrong)
            {
                Wrapped.Write(writer, words.Say(wrong), width, "! ", "  ");
                writer.WriteLine();
            }
        }

        foreach (var (entry, index) in calendar.Entries.Select((entry, index) => (entry, index)))
        {
            if (index > 0)
            {
                writer.WriteLine();
            }

            Write(writer, entry, words, width);
        }

        Freezes(writer, calendar.Freezes, words);
    }

    /// <summary>Could we switch now, in one line.</summary>
    public static string Readiness(ReadinessView readiness, StatusWords words)
    {
        var read = readiness.ReadAt is { } at ? $" ({words["gates read"]} {Wording.Moment(at)})" : "";
        return $"{readiness.Plan}: {words[readiness.State is "yes" or "no" ? readiness.State : "not known"]}{read}{(readiness.State is "yes" ? "" : $": {words.Say(readiness.Reason)}")}";
    }

    /// <summary>The next drill of a system, in one line.</summary>
    public static string Next(NextDrillView next, StatusWords words) => string.Create(
        CultureInfo.InvariantCulture, $"{next.At:yyyy-MM-dd HH:mm zzz}, {next.Plan}, {words[next.Mode]}{(next.FrozenBy is { } freeze ? $", {words["frozen by"]} {freeze}" : "")}");

    private static void Write(TextWriter writer, CalendarLineView entry, StatusWords words, int width)
    {
        var mode = entry.Mode is { } how ? $", {words["mode"]} {words[how]}" : "";
        var requester = entry.Requester is { } who ? $", {words["in the name of"]} {who}" : "";
        Wrapped.Write(writer, $"{entry.Name}  {words[entry.Kind]}{mode}{requester}", width, "", "  ");
        Wrapped.Write(writer, $"{words["plan"]}: {entry.Plan} ({string.Join(", ", entry.Systems)})", width, "  ", "    ");
        foreach (var next in entry.Next)
        {
            var frozen = next.FrozenBy is { } freeze ? $", {words["frozen by"]} {freeze}" : "";
            Wrapped.Write(writer, $"{words["next"]}: {Minute(next.At)} {entry.TimeZone}{frozen}", width, "  ", "    ");
        }

        if (entry.Last is { } last)
        {
            var run = last.Run is { } number ? string.Create(CultureInfo.InvariantCulture, $", {words["run"]} {number}") : "";
            var text = last.Text.Length > 0 ? $": {words.Say(last.Text)}" : "";
            Wrapped.Write(writer, $"{words["last"]}: {Local(last.FireTime, entry.TimeZone)} {words[$"fire-{last.Outcome}"].Replace("fire-", "", StringComparison.Ordinal)}{run}{text}", width, "  ", "    ");
        }

        if (entry.Missed.Count > 0)
        {
            Wrapped.Write(writer, $"{words["missed"]}: {string.Join(", ", entry.Missed.Select(fire => Local(fire.FireTime, entry.TimeZone)))}", width, "  ", "    ");
        }

        if (entry.Readiness is { } readiness)
        {
            Wrapped.Write(writer, $"{words["could switch now"]}: {Readiness(readiness, words)}", width, "  ", "    ");
        }
    }

    private static void Freezes(TextWriter writer, IReadOnlyList<FreezeView> freezes, StatusWords words)
    {
        if (freezes.Count == 0)
        {
            return;
        }

        var table = new Columns(words["freeze"], words["days"], words["systems"], words["decided by"], words["now"], words["reason"]);
        foreach (var freeze in freezes)
        {
            table.Add(
                freeze.Name,
                freeze.Days,
                freeze.Systems.Count == 0 ? words["all"] : string.Join(", ", freeze.Systems),
                freeze.Signer,
                freeze.LastDay is { } day ? $"{words["in force until"]} {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "-",
                freeze.Reason);
        }

        writer.WriteLine();
        table.Write(writer);
    }

    private static string Local(DateTimeOffset at, string timeZone) => Minute(TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) ? TimeZoneInfo.ConvertTime(at, zone) : at);

    private static string Minute(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
