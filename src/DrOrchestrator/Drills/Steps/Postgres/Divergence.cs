using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>Where an old primary and the new one parted, and what only the old one has.</summary>
/// <param name="Fork">The last position both have.</param>
/// <param name="Timeline">Of the old primary: the one that was left at the fork.</param>
/// <param name="Fence">The mark under which the old one is held, and its leavings are kept.</param>
internal sealed record Divergence(LogSequence Fork, long Timeline, string Fence)
{
    /// <summary>Asks both: the host of the fenced server, and the server that goes on.</summary>
    /// <exception cref="StepFailedException">One of them is not what it must be.</exception>
    public static async Task<(Divergence Divergence, HostStatus Status)> FindAsync(
        DatabaseDefinition old, DatabaseDefinition from, DatabaseHosts hosts, DatabaseSessions sessions, CancellationToken cancellationToken)
    {
        var (status, reason) = await hosts.LookAsync(old, cancellationToken).ConfigureAwait(false);
        if (status is not { Fenced: true, Running: false, SharedMemory: false })
        {
            throw new StepFailedException($"{old.Name} is not fenced{(status is null ? $": its host does not say what is there: {reason}" : "; what it has is not final")}");
        }

        try
        {
            return await sessions.UseAsync(
                from,
                "dro",
                async connection =>
                {
                    var now = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                    if (now.InRecovery || now.SystemId != status.SystemId)
                    {
                        throw new StepFailedException(now.InRecovery ? $"{from.Name} is a standby; a server is rebuilt from the primary" : $"{from.Name} is of another cluster: system id {now.SystemId}, not {status.SystemId}");
                    }

                    var history = await connection.TextAsync("SELECT pg_read_file('pg_wal/' || lpad(upper(to_hex($1)), 8, '0') || '.history', 0, 1048576, true)", cancellationToken, (int)now.Timeline).ConfigureAwait(false);
                    var fork = ForkOf(history, status.Timeline) ?? throw new StepFailedException(
                        $"{from.Name} is on timeline {now.Timeline}, whose history names no place where it left timeline {status.Timeline} of {old.Name}");
                    return (new Divergence(fork, status.Timeline, status.Mark), status);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } said)
        {
            throw new StepFailedException($"{from.Name} cannot be read: {said}");
        }
    }

    /// <summary>Where a timeline was left, by the history of a later one; null where it names none.</summary>
    public static LogSequence? ForkOf(string? history, long timeline) =>
        history?.Split('\n').Select(line => line.Split('\t')).FirstOrDefault(fields => fields.Length >= 2 && fields[0].Trim() == FormattableString.Invariant($"{timeline}")) is { } line
            ? LogSequence.Parse(line[1].Trim())
            : null;

    /// <summary>Has the host keep and list it. The list goes into evidence whole; the outputs say how much of it there is.</summary>
    public static async Task<(JsonObject? Outputs, RawOutput? List, HostAnswer Answer)> KeepAsync(
        DatabaseDefinition old, JsonObject intent, DatabaseHosts hosts, CancellationToken cancellationToken)
    {
        var timeline = FormattableString.Invariant($"{(long)(intent.Number("timeline") ?? 0)}");
        var answer = await hosts.AskAsync(old, cancellationToken, "keep", intent.Text("fence"), intent.Text("forkLsn"), timeline).ConfigureAwait(false);
        if (answer is not HostAnswer.Said said)
        {
            return (null, null, answer);
        }

        if (LogSequence.Parse(said.Facts.Text("oldEnd")) is not { } end || end < LogSequence.Parse(intent.Text("forkLsn")))
        {
            return (null, null, new HostAnswer.Silent($"it names no end of the log beyond the fork ('{said.Facts.Text("oldEnd")}'): the list would say too little"));
        }

        var list = new JsonObject { ["database"] = old.Name, ["forkLsn"] = intent.Text("forkLsn"), ["transactions"] = said.Facts["reconciliation"]?.DeepClone() ?? new JsonArray(), ["prepared"] = said.Facts["undecided"]?.DeepClone() };
        var outputs = new JsonObject { ["forkLsn"] = intent.Text("forkLsn") };
        foreach (var name in (string[])["oldEnd", "commits", "listed", "complete", "kept"])
        {
            outputs[name] = said.Facts[name]?.DeepClone();
        }

        // A list that was made by an older script says nothing of them.
        outputs["prepared"] = said.Facts["prepared"]?.DeepClone() ?? "unknown";
        return (outputs, new RawOutput("reconciliation.json", "application/json", Encoding.UTF8.GetBytes(list.ToJsonString())), answer);
    }

    public JsonObject ToIntent(string database, string from) => new()
    {
        ["database"] = database,
        ["from"] = from,
        ["fence"] = Fence,
        ["forkLsn"] = Fork.ToString(),
        ["timeline"] = Timeline,
    };
}
