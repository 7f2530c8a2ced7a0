using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Stops;

/// <summary>Who may stop a run and let it go on, and when. Pure. Stopping is for everybody who carries responsibility in it; also for whoever asked for the run.</summary>
public static class StopRules
{
    private static readonly PersonRole[] MayStop = [PersonRole.Operator, PersonRole.Approver, PersonRole.Admin];
    private static readonly PersonRole[] MayResume = [PersonRole.Operator];

    /// <summary>Null when the order may be taken; otherwise why not.</summary>
    public static AnswerResult? Judge(DrillRun run, RunOrder order, Person person, string? reason)
    {
        if (order is RunOrder.Report)
        {
            return JudgeReport(run, person, reason);
        }

        if (run.Closed is { } closed)
        {
            return new AnswerResult(false, "run-closed", $"Run {run.Run} is closed ({closed.Text("outcome")}); nothing of it can be stopped or go on.");
        }

        var allowed = order is RunOrder.Resume ? MayResume : MayStop;
        if (!Allows(person, order, run.Opened.Text("mode")))
        {
            return new AnswerResult(
                false, "role-missing", allowed.Any(person.Roles.Contains) ? $"'{Word(order)}' is for {string.Join(", ", allowed.Select(Roles.Word))}; {person.Id} has no such role in a run of mode {run.Opened.Text("mode")}." : $"'{Word(order)}' is for {string.Join(", ", allowed.Select(Roles.Word))}; {person.Id} has: {string.Join(", ", person.Roles.Select(Roles.Word))}.");
        }

        if (order is not RunOrder.Resume && string.IsNullOrWhiteSpace(reason))
        {
            return new AnswerResult(false, "reason-missing", $"Say why run {run.Run} is to {Word(order)}; it goes on record.");
        }

        return order switch
        {
            RunOrder.Resume when run.Stop is not { Kind: StopKind.Pause } => new AnswerResult(false, "not-paused", $"Run {run.Run} is not paused."),
            RunOrder.Pause when run.Stop is { } stop => Already(run, stop),

            // While it is rolled back, which is what an abort leads to, another one stops the rollback itself.
            RunOrder.Abort when run is { IsHalted: true, Stop: { Kind: not StopKind.Pause } stop } => Already(run, stop),
            RunOrder.Abort or RunOrder.Pause when run is { Phase: DrillPhase.Measuring, WaitingFor: null } => new AnswerResult(false, "too-late", $"Run {run.Run} has done everything and is being closed."),
            _ => null,
        };
    }

    private static AnswerResult? JudgeReport(DrillRun run, Person person, string? report) =>
        run.Closed is null ? new AnswerResult(false, "not-closed", $"Run {run.Run} is not closed; its report is written behind its end.")
        : run.Mode is not RunMode.Real ? new AnswerResult(false, "not-real", $"Run {run.Run} was no real incident; drills are reported by their own record.")
        : run.ReportedBy is { } by ? new AnswerResult(false, "already-reported", $"{by} has put the report of run {run.Run} on record already.")
        : !Allows(person, RunOrder.Report, run.Opened.Text("mode")) ? new AnswerResult(false, "role-missing", $"'report' is for {string.Join(", ", MayStop.Select(Roles.Word))}; {person.Id} has: {string.Join(", ", person.Roles.Select(Roles.Word))}.")
        : string.IsNullOrWhiteSpace(report) ? new AnswerResult(false, "reason-missing", $"Say what the report of run {run.Run} says, or where it is kept; it goes on record.")
        : null;

    /// <summary>An order as commands, addresses and forms say it.</summary>
    public static string Word(RunOrder order) => order.ToString().ToLowerInvariant();

    /// <summary>Whether a person has a role that may stop runs of a mode, or let them go on.</summary>
    public static bool Allows(Person person, RunOrder order, string mode) => (order is RunOrder.Resume ? MayResume : MayStop).Any(role => person.Has(role, mode));

    private static AnswerResult Already(DrillRun run, StopOrder stop) =>
        new(false, "already-stopped", $"Run {run.Run} was stopped by {stop.By} already ({RunStop.Word(stop.Kind)}): {stop.Reason}");
}
