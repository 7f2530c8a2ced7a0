using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Web.Tests;

/// <summary>The lines of a run that rita has asked for and whose approval waits.</summary>
internal static class Runs
{
    public static JsonObject Opened() => new()
    {
        ["plan"] = "quickstart-failover",
        ["planHash"] = new string('b', 64),
        ["mode"] = "live",
        ["kind"] = "failover",
        ["strength"] = "sandbox",
        ["systems"] = new JsonArray("ledger"),
        ["requester"] = "rita",
        ["authors"] = new JsonArray("petra"),
        ["reason"] = "yearly drill",
    };

    public static JsonObject Question(DateTimeOffset? deadline = null) =>
        JournalJson.Question("approval", "run-approval", "approver", 1, "Run plan 'quickstart-failover' on ledger, asked by rita: yearly drill", deadline, ["promote"]);

    public static DrillRun Waiting(DateTimeOffset at, DateTimeOffset deadline, bool isClosed = false, string? answeredBy = null)
    {
        List<JournalEntry> lines =
        [
            new(1, at, 0, "rita", JournalKinds.Opened, null, 0, Opened()),
            new(2, at, 1, "system", JournalKinds.Asked, null, 0, Question(deadline)),
        ];
        if (answeredBy is not null)
        {
            lines.Add(new(3, at, 0, answeredBy, JournalKinds.Answered, null, 0, new JsonObject { ["item"] = "run-approval", ["confirmed"] = true }));
        }

        if (isClosed)
        {
            lines.Add(new(4, at, 1, "system", JournalKinds.Closed, null, 0, new JsonObject { ["outcome"] = "aborted" }));
        }

        return new DrillRun(7, lines);
    }
}
