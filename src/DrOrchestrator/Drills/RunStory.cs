using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills;

/// <summary>Tells a journal line in words. Pure.</summary>
public static class RunStory
{
    /// <summary>The event people follow.</summary>
    public static RunEvent Tell(JournalEntry entry) => new(entry.Sequence, entry.At, entry.Kind, entry.Step, Text(entry));

    private static string Text(JournalEntry entry) => entry.Kind switch
    {
        JournalKinds.Opened when ScheduledFire.Of(entry.Data) is { } fire => $"calendar entry {fire.Schedule} (due {fire.FireTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC) asks in the name of {entry.Data.Text("requester")} for plan {entry.Data.Text("plan")} ({entry.Data.Text("mode")}, strength {entry.Data.Text("strength")}): {entry.Data.Text("reason")}",
        JournalKinds.Opened => $"{entry.Data.Text("requester")} asks for plan {entry.Data.Text("plan")} ({entry.Data.Text("mode")}, strength {entry.Data.Text("strength")}): {entry.Data.Text("reason")}",
        JournalKinds.Leased => entry.Data.Flag("takeover") ? $"taken over under epoch {entry.Epoch} after a gap of {entry.Data.Text("gapSeconds")} s" : $"carried under epoch {entry.Epoch}",
        JournalKinds.Phase => entry.Data.Text("phase") + (entry.Data.OptionalText("failure") is { } failure ? $": {failure}" : ""),
        JournalKinds.Gate or JournalKinds.Steady => $"{(entry.Data.Flag("passed") ? "passed" : "NOT passed")}: {entry.Data.Text("check")}: {entry.Data.Text("value")} (asked: {entry.Data.Text("limit")})",
        JournalKinds.Asked => $"asked of {entry.Data.Text("role")}{(entry.Data.OptionalText("owner") is { } owner ? $", owner {owner}" : "")}: {entry.Data.Text("text")}",
        JournalKinds.Answered => $"{entry.Actor} {(entry.Data.Flag("confirmed") ? "confirmed" : "refused")} {entry.Data.Text("item")}{(entry.Data.Flag("simulated") ? " (simulated)" : "")}",
        JournalKinds.Overdue => $"OVERDUE: {entry.Data.Text("item")} was due at {entry.Data.Text("due")}, by {entry.Data.OptionalText("owner") ?? entry.Data.Text("role")}",
        JournalKinds.Reviewed => $"{entry.Actor} reviewed the overrides of the run: {entry.Data.Text("reason")}",
        JournalKinds.Waiting => $"waits for {entry.Data.Text("reason")}",
        JournalKinds.Intent => $"begins {entry.Step} ({entry.Data.Text("kind")}){(entry.Attempt > 1 ? $", attempt {entry.Attempt}" : "")}{(entry.Data.Flag("unfenced") ? " WITHOUT A FENCE, by break-glass" : "")}",
        JournalKinds.Outcome => $"{entry.Step}: {entry.Data.Text("outcome")}{(entry.Data.OptionalText("reason") is { } reason ? $": {reason}" : Outputs(entry.Data))}",
        JournalKinds.Observed => $"{entry.Step}: observed {entry.Data.Text("answer")}: {entry.Data.Text("detail")}",
        JournalKinds.FenceProof => $"{entry.Step}: fence {entry.Data.Text("fence")} {(entry.Data.Flag("proved") ? "proved" : "NOT proved: " + string.Join("; ", entry.Data.Texts("missing")))}",
        JournalKinds.UndoIntent => $"undoes {entry.Step}",
        JournalKinds.UndoOutcome => $"{entry.Step}: {(entry.Data.Text("outcome") is "done" ? "undone" : "could not be undone: " + entry.Data.Text("reason"))}",
        JournalKinds.Measured => "measured",
        JournalKinds.Fingerprint => $"runs on {(entry.Data["parts"] as JsonObject)?.Count ?? 0} parts, kept to tell changes later",
        JournalKinds.Closed => $"closed as {entry.Data.Text("outcome")}{(entry.Data.OptionalText("reason") is { } why ? $": {why}" : "")}",
        _ => entry.Kind,
    };

    private static string Outputs(JsonObject data) =>
        data["outputs"] is JsonObject { Count: > 0 } outputs
            ? ": " + string.Join(", ", outputs.Where(output => output.Value is JsonValue).Select(output => string.Create(CultureInfo.InvariantCulture, $"{output.Key}={output.Value}")))
            : "";
}
