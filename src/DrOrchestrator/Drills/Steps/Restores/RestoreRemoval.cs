using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;

namespace DrOrchestrator.Drills.Steps.Restores;

/// <summary>Removing what was restored, with its proof: no process, no folder, nobody at its port (7.5 c: no data stay behind).</summary>
internal static class RestoreRemoval
{
    public static async Task<StepOutcome> RunAsync(RestoreHosts hosts, StepContext context, string mark, CancellationToken cancellationToken)
    {
        context.Permit.Require();
        return await hosts.AskAsync(RestoreHosts.PlaceOf(context), "remove", mark, cancellationToken).ConfigureAwait(false) switch
        {
            HostAnswer.Said { Facts: var facts } when IsProved(facts) =>
                new StepOutcome.Done(new JsonObject { ["mark"] = mark, ["processes"] = 0, ["folder"] = facts.Text("folder"), ["port"] = facts.Text("port") }),
            HostAnswer.Said => new StepOutcome.Failed($"the host says it removed {mark}, and does not show it"),
            HostAnswer.No no => new StepOutcome.Failed($"{mark} is not removed: {no.Why}"),
            HostAnswer.NotYet notYet => new StepOutcome.Failed($"{mark} is not removed: {notYet.Why}"),
            var silent => new StepOutcome.Unknown(silent.Reason),
        };
    }

    private static bool IsProved(JsonObject facts) => facts.Flag("removed") && facts.Number("processes") is 0 && facts.Text("folder") is "absent" && facts.Text("port") is "refused";
}
