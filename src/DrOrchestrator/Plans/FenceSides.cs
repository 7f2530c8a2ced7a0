using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Plans;

/// <summary>
/// The fence a promotion names must be of the side that stops being written when this one begins: any other proof, however good, leaves two writable sides behind it. Pure.
/// </summary>
internal sealed class FenceSides(Estate estate, IReadOnlyList<string> systems, DrillKind? kind, Problems problems)
{
    private const string Remedy = "Name the step that fences the old side of this promotion.";

    /// <summary>What of the system is wrong is reported where the system is named.</summary>
    /// <param name="promotion">With a fence that is a fence and comes before it.</param>
    /// <param name="place">Of <c>fenced-by</c>.</param>
    public void Check(StepDraft promotion, StepDraft fence, Place place)
    {
        var (step, old, system) = (promotion.Step, fence.Step, promotion.Step.Promotes!.System);
        if (!systems.Contains(system) || estate.FindSystem(system) is not { } declared)
        {
            return;
        }

        if (old.System != system)
        {
            problems.Add(
                place,
                old.System is null ? $"the fence '{old.Name}' belongs to no system" : $"the fence '{old.Name}' is of '{old.System}', and the promotion of '{system}'",
                $"a fence of '{system}'",
                old.System is null ? $"Give '{old.Name}' its 'system:'." : Remedy);
            return;
        }

        var promoted = DatabaseRules.SubjectOf(estate, promotion.Shape, step.Parameters);
        var fenced = DatabaseRules.SubjectOf(estate, fence.Shape, old.Parameters);
        if (promoted is not null && fenced is null)
        {
            // A workload held at zero says nothing of a server that the estate does not say runs in it.
            problems.Add(place, $"the fence '{old.Name}' ('{old.Kind}') fences no database, and '{step.Name}' promotes '{promoted.Name}'", $"a fence of another database of '{system}'", Remedy);
        }
        else if (promoted is not null && fenced is not null)
        {
            if (promoted.Name == fenced.Name)
            {
                problems.Add(place, $"the fence '{old.Name}' fences '{fenced.Name}', the database that is promoted", $"a fence of another database of '{system}'", Remedy);
            }
        }
        else if (step.Site is not null && old.Site == step.Site && kind is not DrillKind.ComponentSwitch)
        {
            problems.Add(place, $"the fence '{old.Name}' is at site '{old.Site}', where '{step.Name}' promotes", "a fence at the other site", Remedy);
        }
        else if (old.Site is { Length: > 0 } site && estate.FindSite(site) is not null && AreKnown(declared, estate) && site != declared.Serving && !declared.Standbys.Contains(site))
        {
            problems.Add(place, $"the fence '{old.Name}' is at site '{site}', where '{system}' never serves", string.Join(", ", declared.Standbys.Prepend(declared.Serving)), Remedy);
        }
    }

    /// <summary>Where the sites of the system are misspelt themselves, that is what is reported.</summary>
    private static bool AreKnown(ProtectedSystem system, Estate estate) => system.Standbys.Prepend(system.Serving).All(site => estate.FindSite(site) is not null);
}
