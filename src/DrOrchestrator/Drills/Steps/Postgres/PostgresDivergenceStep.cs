using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.divergence</c>: what only a fenced old primary has, for the people who must account for it (账务核对): its log beyond the fork is kept, and the transactions that
/// committed there are listed, before anybody is asked whether the server may be rebuilt. Changes nothing of the data.
/// </summary>
internal sealed class PostgresDivergenceStep(DatabaseHosts hosts, DatabaseSessions sessions, RowMask mask) : IStepKind
{
    public StepKindShape Shape { get; } = new(
        "postgres.divergence",
        StepEffect.None,
        NeedsSite: false,
        "Keeps the log that only a fenced old primary has, and lists its transactions for reconciliation.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The fenced old primary."),
            new ParameterShape("from", ParameterType.DatabaseName, true, "The primary that goes on."),
            new ParameterShape(ReconciledTable.Parameter, ParameterType.Object, false, "Tables whose rows are compared by key, and what may be seen of them: { SCHEMA.TABLE: { key: [COLUMN], show: [COLUMN], hash: [COLUMN] } }."),
        ],
        ["forkLsn", "oldEnd", "commits", "prepared", "listed", "complete", "kept", "onlyOld", "onlyNew", "differ", "rowsComplete", "rowsGaps", "rowsDigest"])
    {
        NeedsDatabaseHost = true,
        Judge = ReconciledTable.Judge,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (database, from) = (context.Database(), context.Database("from"));
        if (context.Parameters.Has(ReconciledTable.Parameter) && (database.Host is DatabaseHost.Job ? "the rows of a server in Kubernetes are not read by a Job: leave 'tables' out"
            : ReconciledTable.Judge(context.Parameters).FirstOrDefault()?.Found) is { } refusal)
        {
            throw new StepFailedException(refusal);
        }

        var (found, _) = await Divergence.FindAsync(database, from, hosts.For(context), sessions, cancellationToken).ConfigureAwait(false);
        return found.ToIntent(database.Name, from.Name);
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        // It writes at the host, beside the data, and there one change is done at a time: whoever takes the run over must not find this one there.
        context.Permit.Require();
        var (outputs, list, answer) = await Divergence.KeepAsync(context.Database(), intent, hosts.For(context), cancellationToken).ConfigureAwait(false);
        if (outputs is null)
        {
            return new StepOutcome.Failed($"the host of {context.Database().Name} could not list what only it has: {answer.Reason}", answer.Evidence);
        }

        var tables = ReconciledTable.From(context.Parameters);
        if (tables.Count == 0)
        {
            return new StepOutcome.Done(outputs, [list!, .. answer.Evidence]);
        }

        var (rows, reason) = await new RowReconciliation(hosts.For(context), sessions, mask).AddAsync(context, tables, intent, outputs, cancellationToken).ConfigureAwait(false);

        // The host has kept and listed what it could: that stands on record whatever else is missing.
        return rows is null ? new StepOutcome.Failed(reason, [list!, .. answer.Evidence]) : new StepOutcome.Done(outputs, [list!, rows, .. answer.Evidence]);
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "keeping and listing may be done again"));

    public string Describe(PlanStep step, Estate estate) => $"keep and list what {step.Parameters.Text("database")} has and {step.Parameters.Text("from")} has not"
        + (ReconciledTable.From(step.Parameters) is { Count: > 0 } tables ? $", by key for {string.Join(", ", tables.Select(table => table.Name))}" : "");
}
