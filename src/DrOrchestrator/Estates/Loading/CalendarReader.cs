using System.Diagnostics.CodeAnalysis;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;
using Quartz;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>calendars:</c>.</summary>
internal static class CalendarReader
{
    private static readonly string[] Kinds = ["drill-overdue"];

    public static CalendarEntry Calendar(StrictMap map, EstateScope scope, IReadOnlyDictionary<string, Plan> plans, NameIndex planNames)
    {
        var name = map.Name("name");
        var kind = map.WordOf("kind", Kinds);
        var system = scope.System(map)?.Name ?? "";
        var planScalar = map.Scalar("plan", required: true, "the name of a plan");
        var plan = planNames.Resolve(planScalar, scope.Problems);
        if (system.Length > 0 && plans.TryGetValue(plan, out var found) && !found.Systems.Contains(system))
        {
            scope.Problems.Add(planScalar!.Place, $"the plan '{plan}' is not for '{system}'", "a plan whose 'systems:' name it", "Name another plan or system.");
        }

        var cron = map.Parse<string>("cron", "a Quartz cron expression: second minute hour day-of-month month day-of-week [year]", TryParseCron, "");
        var zone = map.TimeZone();
        return new CalendarEntry(name, kind, system, plan, cron, zone, map.Duration("within", TimeSpan.FromMinutes(1), TimeSpan.FromDays(3660)));
    }

    private static bool TryParseCron(string text, [MaybeNullWhen(false)] out string cron)
    {
        cron = CronExpression.TryParse(text, out _) ? text : null;
        return cron is not null;
    }
}
