using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.People;

namespace DrOrchestrator.Drills.Journals;

/// <summary>Tells a journal line in words. Pure.</summary>
public static class RunStory
{
    /// <summary>The event people follow.</summary>
    public static RunEvent Tell(JournalEntry entry) => new(entry.Sequence, entry.At, entry.Kind, entry.Step, Text(entry));

    private static string Text(JournalEntry entry) => entry.Kind switch
    {
        JournalKinds.Opened when ScheduledFire.Of(entry.Data) is { } fire => $"calendar entry {fire.Schedule} (due {fire.FireTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC) asks in the name of {entry.Data.Text("requester")} for plan {entry.Data.Text("plan")} ({entry.Data.Text("mode")}, strength {entry.Data.Text("strength")}): {entry.Data.Text("reason")}",
        JournalKinds.Opened => $"{entry.Data.Text("requester")}{(MadeBy(entry.Data.Texts(Hands.RequesterMakers)) is { Length: > 0 } asker ? $"{asker}," : "")} asks for plan {entry.Data.Text("plan")} ({entry.Data.Text("mode")}, strength {entry.Data.Text("strength")}): {entry.Data.Text("reason")}",
        JournalKinds.Leased => entry.Data.Flag("takeover") ? $"taken over under epoch {entry.Epoch} after a gap of {entry.Data.Text("gapSeconds")} s" : $"carried under epoch {entry.Epoch}",
        JournalKinds.Phase => entry.Data.Text("phase") + (entry.Data.OptionalText("failure") is { } failure ? $": {failure}" : ""),
        JournalKinds.Gate or JournalKinds.Steady => $"{(entry.Data.Flag("passed") ? "passed" : "NOT passed")}: {entry.Data.Text("check")}: {entry.Data.Text("value")} (asked: {entry.Data.Text("limit")})",
        JournalKinds.WorldLooked => entry.Data.Texts("amiss") is { Count: > 0 } amiss ? $"looked before going on: {string.Join("; ", amiss)}" : $"looked before going on, all is as the journal has it: {string.Join(", ", entry.Data.Texts("looked"))}",
        JournalKinds.Asked => $"asked of {entry.Data.Text("role")}{(entry.Data.OptionalText("owner") is { } owner ? $", owner {owner}" : "")}: {entry.Data.Text("text")}",
        JournalKinds.Answered => $"{entry.Actor} {(entry.Data.Flag("confirmed") ? "confirmed" : "refused")} {entry.Data.Text("item")}{(entry.Data.Flag("simulated") ? " (simulated)" : "")}{MadeBy(entry.Data.Texts("tokenMakers"))}{(entry.Data.OptionalText(JournalJson.Lost) is { } lost ? $". {lost}" : "")}{ToBeReviewed(entry, entry.Data.Text("item"))}",
        JournalKinds.Overdue => $"OVERDUE: {entry.Data.Text("item")} was due at {entry.Data.Text("due")}, by {entry.Data.OptionalText("owner") ?? entry.Data.Text("role")}",
        JournalKinds.Reviewed => $"{entry.Actor} reviewed the overrides of the run: {entry.Data.Text("reason")}",
        JournalKinds.Waiting => entry.Data.Text("reason") is var reason && reason.StartsWith("paused by ", StringComparison.Ordinal) ? reason : $"waits for {reason}",
        JournalKinds.AbortAsked => $"{entry.Actor} asks to ABORT: {entry.Data.Text("reason")}",
        JournalKinds.PauseAsked => $"{entry.Actor} asks to PAUSE: {entry.Data.Text("reason")}",
        JournalKinds.ResumeAsked => $"{entry.Actor} lets it go on{(entry.Data.OptionalText("reason") is { } note ? $": {note}" : "")}",
        JournalKinds.PreEmptAsked => $"run {entry.Data.Text("forRun")} asks for its systems: {entry.Data.Text("reason")}",
        JournalKinds.Guardrail => $"{entry.Data.Text("reason")} (source {entry.Data.Text("source")}); the run is to {entry.Data.Text("then")}",
        JournalKinds.Stopped => Stopped(entry.Data),
        JournalKinds.GoesOn => $"goes on, as {entry.Data.Text("by")} decided",
        JournalKinds.Reported => $"{entry.Actor} puts the summary report on record: {entry.Data.Text("reason")}",
        JournalKinds.WouldCheck => $"would check {entry.Data.Text("what")} {entry.Data.Text("check")} {entry.Data.Text("with")}",
        JournalKinds.Locked => $"holds {string.Join(", ", entry.Data.Texts("systems"))}",
        JournalKinds.WaitsForLock => $"waits until run {entry.Data.Text("heldBy")} hands over {entry.Data.Text("system")}",
        JournalKinds.DutiesClosed => $"run {entry.Data.Text("byRun")} has done what this one left: {string.Join("; ", entry.Data.Texts("duties"))}{(entry.Data.Texts("held") is { Count: > 0 } held ? $"; still to be done, and neither has passed before: {string.Join(", ", held)}" : "")}",
        JournalKinds.Verified => $"{entry.Step}: {(entry.Data.Flag("passed") ? "verified" : "NOT as it must be after it")}",
        JournalKinds.Intent => $"begins {entry.Step} ({entry.Data.Text("kind")}){(entry.Attempt > 1 ? $", attempt {entry.Attempt}" : "")}{(entry.Data.Flag("unfenced") ? " WITHOUT A FENCE, by break-glass" : "")}",
        JournalKinds.Outcome => $"{entry.Step}: {entry.Data.Text("outcome")}{(entry.Data.OptionalText("reason") is { } reason ? $": {reason}" : Outputs(entry.Data))}",
        JournalKinds.Observed => $"{entry.Step}: observed {entry.Data.Text("answer")}: {entry.Data.Text("detail")}",
        JournalKinds.FenceAnswers => $"the old side at {entry.Data.Text("site")} answers: {entry.Step} is carried out now",
        JournalKinds.FenceHeld => $"{entry.Step}: the fence that was missing is proved now: {string.Join("; ", entry.Data.Texts("facts"))}",
        JournalKinds.DutySettled => $"{entry.Actor} closes the duty of {entry.Data.Text("fence")}: {entry.Data.Text("reason")}{ToBeReviewed(entry, $"settle:{entry.Data.Text("fence")}")}",
        JournalKinds.FenceProof => $"{entry.Step}: fence {entry.Data.Text("fence")} {(entry.Data.Flag("proved") ? "proved" : "NOT proved: " + string.Join("; ", entry.Data.Texts("missing")))}",
        JournalKinds.UndoIntent => $"undoes {entry.Step}",
        JournalKinds.UndoOutcome => $"{entry.Step}: {(entry.Data.Text("outcome") is "done" ? "undone" + (entry.Data.OptionalText("reason") is { } left ? $": {left}" : "") : "could not be undone: " + entry.Data.Text("reason"))}",
        JournalKinds.Measured => "measured",
        JournalKinds.Fingerprint => $"runs on {(entry.Data["parts"] as JsonObject)?.Count ?? 0} parts, kept to tell changes later",
        JournalKinds.Closed => $"closed as {entry.Data.Text("outcome")}{(entry.Data.OptionalText("reason") is { } why ? $": {why}" : "")}",
        _ => entry.Kind,
    };

    private static string ToBeReviewed(JournalEntry entry, string item) => SharedHands.Read(entry.Data) is { } shared ? $"; TO BE REVIEWED: {shared.Describe(item)}" : "";

    private static string MadeBy(IReadOnlyList<string> makers) => makers.Count == 0 ? "" : $", with a token made by {string.Join(", made by ", makers)}";

    private static string Stopped(JsonObject data)
    {
        (string Label, IReadOnlyList<string> Steps)[] parts =
            [("done", data.Texts("done")), ("in flight and not known", data.Texts("inFlight")), ("observed", data.Texts("observed")), ("failed", data.Texts("failed")), ("undone", data.Texts("undone")), ("not begun", data.Texts("notBegun"))];
        var serving = (data["serving"] as JsonObject ?? []).Select(site => $"{site.Key}: {site.Value}");
        return $"{data.Text("what")}: {string.Join("; ", parts.Where(part => part.Steps.Count > 0).Select(part => $"{part.Label}: {string.Join(", ", part.Steps)}"))}; serving {string.Join(", ", serving)}";
    }

    private static string Outputs(JsonObject data) =>
        data["outputs"] is JsonObject { Count: > 0 } outputs
            ? ": " + string.Join(", ", outputs.Where(output => output.Value is JsonValue).Select(output => string.Create(CultureInfo.InvariantCulture, $"{output.Key}={output.Value}")))
            : "";
}
