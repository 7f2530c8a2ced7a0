using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>What counts as a fence of a PostgreSQL server, from what its host and its port say. Pure.</summary>
internal static class PostgresFenceJudge
{
    /// <summary>Why a fence of this server cannot even be meant; null when it can.</summary>
    /// <param name="answers">The server on its port; null where it does not answer.</param>
    public static string? Refusal(HostStatus? status, string reason, ServerSight? answers, string mark) =>
        status is null ? $"its host does not say what is there: {reason}"
        : status.SystemId.Length == 0 ? "its host finds no control file in the data folder"
        : status.Mark.Length > 0 && status.Mark != mark ? $"it is fenced already, by {status.Mark}"
        : status.Standby ? "its host holds a standby (standby.signal), not a primary: the way to the host leads to another server"
        : answers is null ? null
        : answers.SystemId != status.SystemId ? $"its port answers as cluster {answers.SystemId}, its host holds {status.SystemId}"
        : answers.InRecovery ? "its port answers as a standby: the way to the host leads to another server"
        : status.Running ? null
        : "its port answers while its host finds no process of it: the way to the host leads to another server";

    /// <summary>Whether the fence of the intent holds.</summary>
    public static FenceProof Judge(JsonObject intent, HostStatus? status, string reason, ServerSight? answers)
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
        Say(answers is null, "its port does not answer", "its port answers: the way to the host leads to another server");
        return new FenceProof(missing.Count == 0, facts, missing);

        void Say(bool holds, string fact, string lack) => (holds ? facts : missing).Add(holds ? fact : lack);
    }
}
