using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;
using DrOrchestrator.Words;

namespace DrOrchestrator.Estates.Loading;

/// <summary>
/// Reads <c>roles:</c> of a person. A word is a role in every mode; <c>approver: [tabletop, rehearsal]</c> is one that holds in runs of these modes alone, so that rehearsal and
/// live can be given apart.
/// </summary>
internal static class RoleReader
{
    private const string Allowed = "a role, or one with the modes it is limited to, such as 'approver: [tabletop, rehearsal]'";

    public static (IReadOnlyList<PersonRole> Roles, IReadOnlyDictionary<PersonRole, IReadOnlyList<string>> Modes) Read(StrictMap map)
    {
        var (roles, limits) = (new List<PersonRole>(), new Dictionary<PersonRole, IReadOnlyList<string>>());
        foreach (var item in map.Items("roles", required: true))
        {
            var (scalar, modes) = item is YamlMapping { Entries: [var only] } ? (only.Key, Modes(only, map.Problems)) : (StrictMap.AsScalar(item, "an item of 'roles'", Allowed, map.Problems), null);
            if (scalar is null || StrictMap.WordOf<PersonRole>(scalar, "a role", map.Problems) is not { } role)
            {
                continue;
            }

            if (roles.Contains(role))
            {
                map.Problems.Add(scalar.Place, $"{Problems.Quote(scalar.Text)} stands twice in 'roles'", "", "Keep one of the two.");
                continue;
            }

            roles.Add(role);
            if (modes is not null)
            {
                limits[role] = modes;
            }
        }

        return (roles, limits);
    }

    /// <summary>The words of the modes; null where one could not be read, which has its own error: then the role is as if it stood alone.</summary>
    private static IReadOnlyList<string>? Modes(YamlEntry entry, Problems problems)
    {
        switch (entry.Value)
        {
            case YamlRefused:
                return null;
            case YamlSequence { Items.Count: > 0 } list:
                var modes = list.Items.Select(item => StrictMap.AsScalar(item, $"a mode of '{entry.Key.Text}'", string.Join(", ", EnumWords.All<RunMode>()), problems))
                    .Select(mode => mode is null ? null : StrictMap.WordOf<RunMode>(mode, "a mode", problems))
                    .ToList();
                return modes.Contains(null) ? null : [.. modes.OfType<RunMode>().Distinct().Select(mode => mode.Word())];
            default:
                problems.Add(entry.Value.Place, $"the modes of '{entry.Key.Text}' are {(entry.Value is YamlSequence ? "an empty list" : entry.Value.Describe())}", $"a list of {string.Join(", ", EnumWords.All<RunMode>())}", "Write the modes as a list, or the role alone for every mode.");
                return null;
        }
    }
}
