using System.Globalization;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Web;

/// <summary>What of the runs deserves an alert: a person who is waited for past the due moment, a rule that is asked to be set aside, an old side that is not fenced yet, an override nobody has reviewed.</summary>
internal sealed class RunConcerns(LastReadings readings) : IAlertSource
{
    public async Task<IReadOnlyList<AlertCondition>> ReadAsync(CancellationToken cancellationToken) => [.. (await readings.RunsAsync(cancellationToken)).SelectMany(Of)];

    /// <summary>Of one run, for each of its systems. Pure.</summary>
    internal static IEnumerable<AlertCondition> Of(RunView run) =>
        from told in Told(run)
        from system in run.Systems
        select new AlertCondition(told.Kind, system, told.Subject, told.Text);

    private static IEnumerable<(string Kind, string Subject, string Text)> Told(RunView run)
    {
        foreach (var item in run.Pending)
        {
            if (item.Overdue)
            {
                yield return (AlertKinds.TaskOverdue, Subject(run, item.Name), string.Create(CultureInfo.InvariantCulture, $"run {run.Id} is overdue since {item.Due:u}: {Waiting(item)}"));
            }

            if (item.Kind == AlertKinds.BreakGlass)
            {
                yield return (AlertKinds.BreakGlass, Subject(run, item.Name), $"run {run.Id} asks: {item.Question}");
            }
        }

        foreach (var step in run.UnfencedBehind)
        {
            yield return (AlertKinds.FenceDuty, Subject(run, step), $"run {run.Id} promoted without a fence: '{step}' is still missing; keep the old side from writing until it is fenced");
        }

        foreach (var one in run.Overrides.Where(one => one.ReviewedBy is null))
        {
            yield return (
                AlertKinds.OverrideReview,
                Subject(run, one.Kind == OverrideView.SharedTokens ? $"{one.Kind}:{one.Subject}" : one.Subject),
                one.Kind == OverrideView.SharedTokens ? $"run {run.Id} waits for its review: {one.Text}" : $"run {run.Id} set a rule aside ({one.Subject}) and waits for its review");
        }
    }

    private static string Subject(RunView run, string item) => string.Create(CultureInfo.InvariantCulture, $"{run.Id}/{item}");

    private static string Waiting(PendingItem item) =>
        $"{item.Kind} '{item.Name}' by {item.Role}"
        + (item.Owner is not { } owner ? "" : item.Department is { } department && department != owner ? $", owner {owner} of {department}" : $", owner {owner}");
}
