using System.Diagnostics.CodeAnalysis;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;
using DrOrchestrator.Words;
using Quartz;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>calendars:</c>.</summary>
internal sealed class CalendarReader(EstateScope scope, IReadOnlyDictionary<string, Plan> plans, NameIndex planNames, IReadOnlyList<Person> people)
{
    /// <summary>Gates are calls to production; more often is what probes are for.</summary>
    private static readonly TimeSpan LeastBetweenGates = TimeSpan.FromMinutes(1);

    /// <summary>A run holds its systems from the question for approval on.</summary>
    private static readonly TimeSpan LeastBetweenDrills = TimeSpan.FromHours(1);

    private static readonly string[] ModesOfDrills = [RunMode.Tabletop.Word(), RunMode.Rehearsal.Word(), RunMode.Live.Word()];
    private static readonly string[] AllKeys = ["system", "plan", "mode", "requester", "reason", "cron", "time-zone", "within"];

    public CalendarEntry Calendar(StrictMap map)
    {
        var name = map.Name("name");
        var kind = map.WordOf("kind", CalendarKinds.All);
        switch (kind)
        {
            case CalendarKinds.DrillOverdue:
                return Overdue(map, name);
            case CalendarKinds.Drill or CalendarKinds.RestoreCheck:
                return Drill(map, name, kind);
            case CalendarKinds.Gates:
                var (plan, found, place) = Plan(map);
                if (found is { Gates.Count: 0 })
                {
                    scope.Problems.Add(place, $"the plan '{plan}' has no gates to read", "a plan with 'gates:'", "Add gates to the plan, or name another.");
                }

                var (cron, zone) = Times(map, LeastBetweenGates);
                return new CalendarEntry(name, kind, "", plan, cron, zone, TimeSpan.Zero);
            default:
                // The kind is what is wrong; which keys it would have is not known.
                Array.ForEach(AllKeys, key => map.Node(key));
                return new CalendarEntry(name, kind, "", "", "", "UTC", TimeSpan.Zero);
        }
    }

    private CalendarEntry Overdue(StrictMap map, string name)
    {
        var system = scope.System(map)?.Name ?? "";
        var (plan, found, place) = Plan(map);
        if (system.Length > 0 && found is not null && !found.Systems.Contains(system))
        {
            scope.Problems.Add(place, $"the plan '{plan}' is not for '{system}'", "a plan whose 'systems:' name it", "Name another plan or system.");
        }

        var (cron, zone) = Times(map, TimeSpan.Zero);
        return new CalendarEntry(name, CalendarKinds.DrillOverdue, system, plan, cron, zone, map.Duration("within", TimeSpan.FromMinutes(1), TimeSpan.FromDays(3660)));
    }

    private CalendarEntry Drill(StrictMap map, string name, string kind)
    {
        var (planName, plan, place) = Plan(map);
        if (plan is not null && kind == CalendarKinds.RestoreCheck && plan.Kind is not DrillKind.Restore)
        {
            scope.Problems.Add(place, $"the plan '{planName}' is of kind '{plan.Kind.Word()}'", $"a plan of kind '{DrillKind.Restore.Word()}'", $"Name a plan that restores, or let the entry be of kind '{CalendarKinds.Drill}'.");
        }

        if (plan is { Approvals.Count: 0 })
        {
            scope.Problems.Add(place, $"the plan '{planName}' has no approvals: nothing would stand between the calendar and its first effect", "a plan with 'approvals:'", "Add an approval to the plan, or start its drills by hand.");
        }

        var mode = Mode(map, plan);
        var requester = Requester(map, plan);
        var reason = map.OptionalText("reason");
        var (cron, zone) = Times(map, LeastBetweenDrills);
        return new CalendarEntry(name, kind, "", planName, cron, zone, TimeSpan.Zero) { Mode = mode, Requester = requester, Reason = reason };
    }

    private (string Name, Plan? Found, Place Place) Plan(StrictMap map)
    {
        var scalar = map.Scalar("plan", required: true, "the name of a plan");
        var name = planNames.Resolve(scalar, scope.Problems);
        return (name, plans.GetValueOrDefault(name), scalar?.Place ?? map.Place);
    }

    private string Mode(StrictMap map, Plan? plan)
    {
        if (map.Scalar("mode", required: true, string.Join(", ", ModesOfDrills)) is not { } scalar)
        {
            return "";
        }

        if (scalar.Text == RunMode.Real.Word())
        {
            scope.Problems.Add(
                scalar.Place, "'mode' is 'real': a real switch never starts by itself", string.Join(", ", ModesOfDrills), "Leave it to people: dro drill start PLAN --mode real.");
        }
        else if (!EnumWords.TryParse<RunMode>(scalar.Text, out var mode))
        {
            scope.Problems.AddWord(scalar.Place, $"'mode' is {Problems.Quote(scalar.Text)}", scalar.Text, ModesOfDrills, "Use one of the allowed words.");
        }
        else if (plan is not null && !plan.Modes.Contains(mode))
        {
            scope.Problems.Add(
                scalar.Place,
                $"the plan '{plan.Name}' does not run as '{scalar.Text}'",
                string.Join(", ", plan.Modes.Where(offered => offered is not RunMode.Real).Select(offered => offered.Word())),
                "Choose a mode of the plan, or add this one to its 'modes:'.");
        }

        return scalar.Text;
    }

    /// <summary>Somebody who may ask for runs, and without whom the plan's approvals can still be given.</summary>
    private string Requester(StrictMap map, Plan? plan)
    {
        if (map.Scalar("requester", required: true, "the id of a person") is not { } scalar || scope.People is null)
        {
            if (scope.People is null && map.Has("requester"))
            {
                scope.Problems.Add(map.PlaceOf("requester"), "the estate declares no people", "the id of a person", "Declare who asks for runs under 'people:'.");
            }

            return "";
        }

        var id = scope.People.Resolve(scalar, scope.Problems);
        if (people.FirstOrDefault(person => person.Id == id) is not { } requester)
        {
            return id;
        }

        if (!requester.Roles.Contains(PersonRole.Operator))
        {
            scope.Problems.Add(
                scalar.Place, $"'{id}' is no operator", Ids(people.Where(person => person.Roles.Contains(PersonRole.Operator))), "Name an operator: only operators ask for runs.");
        }

        foreach (var approval in plan?.Approvals ?? [])
        {
            var others = people.Count(person => person.Id != id && !plan!.Authors.Contains(person.Id) && person.Roles.Any(role => role.Word() == approval.Role));
            if (others < approval.Quorum)
            {
                scope.Problems.Add(
                    scalar.Place,
                    $"'{id}' asks for these runs, so that only {others} could give the approval '{approval.Name}'",
                    $"{approval.Quorum} with the role '{approval.Role}' who neither ask for the run nor wrote its plan",
                    "Name another requester, or give the role to more people.");
            }
        }

        return id;
    }

    private (string Cron, string TimeZone) Times(StrictMap map, TimeSpan least)
    {
        var scalar = map.Scalar("cron", required: true, CronAllowed);
        var zone = map.TimeZone();
        if (scalar is null)
        {
            return ("", zone);
        }

        if (!TryParseCron(scalar.Text, out var cron))
        {
            scope.Problems.Add(scalar.Place, $"'cron' is {Problems.Quote(scalar.Text)}", CronAllowed, "Correct the value.");
            return ("", zone);
        }

        // Any moment will do; the expression's own years are looked at from their beginning.
        if (CalendarTimes.Next(cron, zone, DateTimeOffset.UnixEpoch) is not { } first)
        {
            scope.Problems.Add(scalar.Place, $"'cron' is {Problems.Quote(scalar.Text)}, a time that never comes", CronAllowed, "Correct the value.");
        }
        else if (CalendarTimes.Next(cron, zone, first) is { } second && second - first < least)
        {
            scope.Problems.Add(
                scalar.Place, $"'cron' is {Problems.Quote(scalar.Text)}: every {Durations.Format(second - first)}", $"times at least {Durations.Format(least)} apart", "Choose rarer times.");
        }

        return (cron, zone);
    }

    private const string CronAllowed = "a Quartz cron expression: second minute hour day-of-month month day-of-week [year]";

    private static string Ids(IEnumerable<Person> people) => string.Join(", ", people.Select(person => person.Id));

    private static bool TryParseCron(string text, [MaybeNullWhen(false)] out string cron)
    {
        cron = CronExpression.TryParse(text, out _) ? text : null;
        return cron is not null;
    }
}
