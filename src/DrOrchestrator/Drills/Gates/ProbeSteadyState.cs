using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Gates;

/// <summary><c>probe</c> as a steady-state check: the time line says up, and a look on a fresh connection agrees.</summary>
internal sealed class ProbeSteadyState(IServiceWatch watch, ProcessClock clock) : ISteadyStateKind
{
    public StepKindShape Shape { get; } = new(
        "probe",
        StepEffect.None,
        NeedsSite: false,
        "A probe is up",
        [new ParameterShape("name", ParameterType.ProbeName, Required: true, "The probe")],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var name = parameters.Text("name");
        var look = await watch.LookNowAsync(name, cancellationToken).ConfigureAwait(false);
        var state = watch.Current(name);
        var up = look.Outcome is ProbeOutcome.Up && state.State is IntervalState.Up;
        return
        [
            new GateResult(
                $"probe {name}",
                up,
                $"{state.State.ToString().ToLowerInvariant()} on the time line, {look.Reason} now",
                "up",
                $"probe {name}",
                clock.Now - look.EndedAt,
                "Find out why the service does not answer before anything is switched."),
        ];
    }
}
