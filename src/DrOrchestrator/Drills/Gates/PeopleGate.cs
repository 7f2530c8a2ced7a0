using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>people</c>: every role that the plan asks is filled now by people who are trained (7.2 d), not absent by the estate's calendar, and hold a token by which they can answer.
/// Whether somebody picks up the telephone is seen by nobody but who calls.
/// </summary>
internal sealed class PeopleGate(IPersonTokens tokens, ProcessClock clock) : IGateKind
{
    private static readonly TimeSpan DefaultTraining = TimeSpan.FromDays(365);

    public StepKindShape Shape { get; } = new(
        "people",
        StepEffect.None,
        NeedsSite: false,
        "The roles the plan asks are filled by people who are trained, not absent, and hold a token.",
        [new ParameterShape("trained-within", ParameterType.Duration, false, "Largest age of a person's newest training; 365d by default.")],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var kept = await tokens.ReadAsync(cancellationToken).ConfigureAwait(false);
        var held = kept.Select(token => token.Token).Where(token => token.HoldsAt(now)).ToLookup(token => token.Person, StringComparer.Ordinal);
        var judge = new PeopleJudge(estate, held, DateOnly.FromDateTime(estate.Local(now).DateTime), parameters.Duration("trained-within", DefaultTraining));
        return [.. PeopleNeeds.Of(plan).Select(need => judge.Judge(need, plan))];
    }
}
