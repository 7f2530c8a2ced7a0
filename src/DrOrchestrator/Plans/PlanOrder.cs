namespace DrOrchestrator.Plans;

/// <summary>A step as declared: with <c>needs:</c> of its own, or null to take its place in the order.</summary>
internal sealed record OrderedStep(string Name, IReadOnlyList<string>? Needs);

/// <summary>
/// Turns the order of a file into needs. A unit is one step or a <c>parallel:</c> group; its steps need what stood before the unit, and the next unit needs all of it.
/// <c>needs:</c> of a step's own replaces that. The first unit of the way back needs every step of the switch that nothing else in the switch needs, so that it
/// never begins beside an unfinished switch.
/// </summary>
internal static class PlanOrder
{
    /// <summary>Needs by step name.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Resolve(
        IReadOnlyList<IReadOnlyList<OrderedStep>> switchUnits,
        IReadOnlyList<IReadOnlyList<OrderedStep>> wayBackUnits)
    {
        var needs = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        Chain(switchUnits, [], needs);
        var needed = needs.Values.SelectMany(names => names).ToHashSet(StringComparer.Ordinal);
        Chain(wayBackUnits, [.. needs.Keys.Where(name => !needed.Contains(name))], needs);
        return needs;
    }

    private static void Chain(IReadOnlyList<IReadOnlyList<OrderedStep>> units, IReadOnlyList<string> before, Dictionary<string, IReadOnlyList<string>> needs)
    {
        foreach (var unit in units)
        {
            foreach (var step in unit)
            {
                needs[step.Name] = step.Needs ?? before;
            }

            before = unit.Count > 0 ? [.. unit.Select(step => step.Name)] : before;
        }
    }
}
