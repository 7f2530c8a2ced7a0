using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.People;

/// <summary>
/// The time of the calendar that opens a run. It stands in the run's opening line, and the journal keeps it to one run: key and run are durable together, so that neither a
/// second firing nor a crash makes two of them, or a key without its run.
/// </summary>
/// <param name="Schedule">Name of the calendar entry.</param>
/// <param name="FireTime">The time that was due.</param>
/// <param name="Latest">After this the run is not opened any more: a drill never starts late by itself.</param>
public sealed record ScheduledFire(string Schedule, DateTimeOffset FireTime, DateTimeOffset Latest)
{
    /// <summary>Of an opening line; null where a person asked.</summary>
    public static ScheduledFire? Of(JsonObject opened) =>
        opened["scheduled"] is JsonObject fire && fire.Moment("fireTime") is { } at && fire.Moment("latest") is { } latest ? new(fire.Text("schedule"), at, latest) : null;

    /// <summary>As it stands in the opening line under <c>scheduled</c>.</summary>
    public JsonObject ToJson() => new() { ["schedule"] = Schedule, ["fireTime"] = FireTime.ToRfc3339(), ["latest"] = Latest.ToRfc3339() };
}
