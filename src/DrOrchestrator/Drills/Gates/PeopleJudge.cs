using System.Globalization;
using DrOrchestrator.Credentials;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>Decides who could do what a plan asks today. Pure.</summary>
/// <param name="held">Tokens that hold now, by person; those that stand in the estate come from there.</param>
/// <param name="today">By the estate's wall clock.</param>
internal sealed class PeopleJudge(Estate estate, ILookup<string, PersonToken> held, DateOnly today, TimeSpan trainedWithin)
{
    public GateResult Judge(PeopleNeed need, Plan plan)
    {
        var role = Roles.Word(need.Role);
        var asked = plan.Modes.Where(mode => mode is RunMode.Live or RunMode.Real).DefaultIfEmpty(plan.Modes.Count > 0 ? plan.Modes[0] : RunMode.Live).Select(mode => JournalJson.Word(mode)).ToList();
        var candidates = estate.People
            .Where(person => asked.All(mode => person.Has(need.Role, mode)) && (need.Owner is null || person.Id == need.Owner || person.Department == need.Owner))
            .Where(person => !need.IsDecision || !plan.Authors.Contains(person.Id))
            .Select(person => (person.Id, Obstacle: Obstacle(person, need.Role)))
            .ToList();
        var fit = candidates.Where(one => one.Obstacle is null).Select(one => one.Id).ToList();
        var passed = fit.Count >= need.Count;
        var value = string.Create(CultureInfo.InvariantCulture, $"{fit.Count} of {candidates.Count}{(fit.Count == 0 ? "" : $": {string.Join(", ", fit)}")}");
        return new GateResult(
            $"people {role}{(need.Owner is null ? "" : $" {need.Owner}")}",
            passed,
            value,
            string.Create(CultureInfo.InvariantCulture, $"{need.Count} or more, trained within {Durations.Format(trainedWithin)}, not absent, with a token"),
            "people of the estate and tokens on record",
            TimeSpan.Zero,
            passed ? "" : Remedy(candidates.Where(one => one.Obstacle is not null).Select(one => one.Obstacle!).ToList()));
    }

    private static string Remedy(List<string> obstacles) =>
        obstacles.Count == 0 ? "Give the role to more people: nobody else may do it." : $"See to it, or name others: {string.Join("; ", obstacles)}";

    /// <summary>Why the person could not do it now; null when they could. Without a date of training nobody is trained.</summary>
    private string? Obstacle(Person person, PersonRole role)
    {
        if (person.Absences.FirstOrDefault(absence => absence.From <= today && today <= absence.To) is { } away)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{person.Id} is absent until {away.To:yyyy-MM-dd}");
        }

        // An assessment of a day to come has not been passed.
        if (person.Trainings.FirstOrDefault(training => training.Passed <= today) is not { } newest)
        {
            return $"{person.Id} has no training on record";
        }

        if (today.DayNumber - newest.Passed.DayNumber > trainedWithin.TotalDays)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{person.Id} was last trained on {newest.Passed:yyyy-MM-dd}");
        }

        return person.TokenSha256 is not null || held[person.Id].Any(token => token.Roles is null || token.Roles.Contains(role)) ? null : $"{person.Id} holds no token of the role";
    }
}
