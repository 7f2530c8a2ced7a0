using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.divergence</c>: what only a fenced old primary has, for the people who must account for it (账务核对): its log beyond the fork is kept, and the transactions that
/// committed there are listed, before anybody is asked whether the server may be rebuilt. Changes nothing of the data.
/// </summary>
internal sealed class PostgresDivergenceStep(DatabaseHosts hosts, DatabaseSessions sessions) : IStepKind
{
    public StepKindShape Shape { get; } = new(
        "postgres.divergence",
        StepEffect.None,
        NeedsSite: false,
        "Keeps the log that only a fenced old primary has, and lists its transactions for reconciliation.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The fenced old primary."),
            new ParameterShape("from", ParameterType.DatabaseName, true, "The primary that goes on."),
        ],
        ["forkLsn", "oldEnd", "commits", "listed", "complete", "kept"])
    {
        NeedsDatabaseHost = true,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (database, from) = (context.Database(), context.Database("from"));
        var (found, _) = await Divergence.FindAsync(database, from, hosts.For(context), sessions, cancellationToken).ConfigureAwait(false);
        return found.ToIntent(database.Name, from.Name);
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        // It writes at the host, beside the data, and there one change is done at a time: whoever takes the run over must not find this one there.
        context.Permit.Require();
        var (outputs, list, answer) = await Divergence.KeepAsync(context.Database(), intent, hosts.For(context), cancellationToken).ConfigureAwait(false);
        return outputs is not null ? new StepOutcome.Done(outputs, [list!, .. answer.Evidence])
            : new StepOutcome.Failed($"the host of {context.Database().Name} could not list what only it has: {answer.Reason}");
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "keeping and listing may be done again"));

    public string Describe(PlanStep step, Estate estate) => $"keep and list what {step.Parameters.Text("database")} has and {step.Parameters.Text("from")} has not";
}
