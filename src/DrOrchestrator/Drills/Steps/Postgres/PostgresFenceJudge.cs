using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>What counts as a fence of a PostgreSQL server, from what its host and its port say. Pure.</summary>
internal static class PostgresFenceJudge
{
    /// <summary>Why a fence of this server cannot even be meant; null when it can.</summary>
    /// <param name="mark">Of the fence that is meant.</param>
    /// <param name="adopted">Of one that stands and is taken over; null for none.</param>
    public static string? Refusal(HostStatus? status, string reason, PortSight port, string mark, string? adopted = null) =>
        status is null ? $"its host does not say what is there: {reason}"
        : status.Sees.Length == 0 ? "its host runs an older postgres-host.sh: bring the one that is packed beside this dro"
        : status.SystemId.Length == 0 ? "its host finds no control file in the data folder"
        : status.Mark.Length > 0 && status.Mark != mark && status.Mark != adopted ? $"it is fenced already, by {status.Mark}"
        : status.Standby ? "its host holds a standby (standby.signal), not a primary: the way to the host leads to another server"
        : port switch
        {
            PortSight.Speaks { Sight: { } sight } when sight.SystemId != status.SystemId => $"its port answers as cluster {sight.SystemId}, its host holds {status.SystemId}",
            PortSight.Speaks { Sight.InRecovery: true } => "its port answers as a standby: the way to the host leads to another server",
            PortSight.Speaks when !status.Running => "its port answers while its host finds no process of it: the way to the host leads to another server",

            // Our own fence on it was put there by this way, when something of the server was seen.
            PortSight.Silent silent when !status.Running && status.Mark.Length == 0 =>
                $"nothing shows that the way to its host leads to this server: no process of it is there, and {silent.What}",
            _ => null,
        };

    /// <summary>Whether the fence of the intent holds. A port that gives no answer is told as that: what proves the fence is the host's word.</summary>
    public static FenceProof Judge(JsonObject intent, HostStatus? status, string reason, PortSight port)
    {
        if (status is null)
        {
            return new FenceProof(false, [], [$"the host does not say what is there: {reason}"]);
        }

        var mark = intent.Text("fence");
        var (facts, missing) = (new List<string>(), new List<string>());
        Say(status.SystemId == intent.Text("systemId"), $"the host holds cluster {status.SystemId}", $"the host holds cluster '{status.SystemId}', not {intent.Text("systemId")}");
        Say(!status.Running, "no process of the server lives", "processes of the server live");
        Say(!status.SharedMemory, "nobody is attached to its shared memory", "somebody is attached to its shared memory");
        Say(status.Fenced && status.Mark == mark, $"its control file is out of the way as {mark}", status.Mark.Length > 0 ? $"it is fenced by '{status.Mark}'" : "its control file is in place: it could start");
        Say(port is not PortSight.Speaks, port.Words, "its port answers: the way to the host leads to another server");
        return new FenceProof(missing.Count == 0, facts, missing);

        void Say(bool holds, string fact, string lack) => (holds ? facts : missing).Add(holds ? fact : lack);
    }

    /// <summary>
    /// The mark of a fence that stands on the server and is our own journal's (<c>dro-LOG-RUN-STEP</c>): a run that may act on the system now holds its lock, so that the other one is
    /// over or has handed over. Null for none, and for marks of anybody else.
    /// </summary>
    /// <param name="runMark">Of the run that asks (<c>dro-LOG-RUN</c>).</param>
    public static string? AdoptedOf(HostStatus? status, string runMark)
    {
        var log = runMark[..(runMark.LastIndexOf('-') + 1)];
        return status is { Mark.Length: > 0 } && status.Mark.StartsWith(log, StringComparison.Ordinal) && !status.Mark.StartsWith(runMark + "-", StringComparison.Ordinal)
            && status.Mark[log.Length..].IndexOf('-') is > 0 and var end && status.Mark[log.Length..][..end].All(char.IsAsciiDigit)
                ? status.Mark
                : null;
    }
}
