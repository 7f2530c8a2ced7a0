using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>people:</c>.</summary>
internal static partial class PersonReader
{
    /// <summary>What the evidence calls the program itself.</summary>
    private const string Program = "system";

    private const string IdAllowed = "lower-case letters, digits and . _ @ -, up to 64 characters, not 'system' or 'operator'";
    private const string DateAllowed = "a date such as 2026-10-01";

    public static Person Person(StrictMap map)
    {
        var id = map.Parse<string>("id", IdAllowed, TryParseId, "");
        var name = map.Text("name");
        var department = map.Text("department");
        var (roles, modes) = RoleReader.Read(map);
        if (roles.Contains(PersonRole.Admin) && roles.Contains(PersonRole.Auditor))
        {
            map.Problems.Add(map.PlaceOf("roles"), "the roles admin and auditor together", "one of the two", "Give one of them to another person.");
        }

        var token = map.Parse<string?>("token-sha256", "64 hexadecimal digits", TryParseHash, otherwise: null, required: false, secret: true);
        return new Person(id, name, department, roles, token, map.Flag("simulated"))
        {
            ModesOf = modes,
            FormerIds = [.. map.Scalars("formerly", required: false).Select(former => former.Text)],
            Trainings = [.. StrictMap.ReadAll(map.Items("trainings", required: false), "a training", map.Problems, Training).OrderByDescending(training => training.Passed)],
            Absences = StrictMap.ReadAll(map.Items("absences", required: false), "an absence", map.Problems, Absence),
        };
    }

    /// <summary>What is asked with the local operator's token is asked by a person that the estate has.</summary>
    public static void CheckLocalOperator(YamlScalar? named, IReadOnlyList<Person> people, Problems problems)
    {
        if (named is not null && !people.Any(person => person.Id == named.Text))
        {
            problems.AddWord(
                named.Place,
                $"there is no person {Problems.Quote(named.Text)}",
                named.Text,
                [.. people.Select(person => person.Id)],
                "Name who uses the local operator's token: that person approves no run asked with it.");
        }
    }

    /// <summary>Two people with one token could not be told apart.</summary>
    public static void CheckTokens(IReadOnlyList<YamlNode> items, Problems problems)
    {
        var holders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in items.OfType<YamlMapping>())
        {
            var id = (item.Peek("id") as YamlScalar)?.Text ?? "";
            if (item.Peek("token-sha256") is YamlScalar { Text.Length: > 0 } token && !holders.TryAdd(token.Text, id))
            {
                problems.Add(token.Place, $"the same token as {Problems.Quote(holders[token.Text])}", "a token of one's own", "Make a new token for one of the two.");
            }
        }
    }

    /// <summary>A former id is one person's: what stands on record under it could be no second one's word.</summary>
    public static void CheckFormerIds(IReadOnlyList<YamlNode> items, Problems problems)
    {
        var people = items.OfType<YamlMapping>().Select(item => (Id: (item.Peek("id") as YamlScalar)?.Text ?? "", Formerly: item.Peek("formerly") as YamlSequence)).ToList();
        var holders = people.GroupBy(person => person.Id, StringComparer.Ordinal).ToDictionary(same => same.Key, _ => "the id of a person of this estate", StringComparer.Ordinal);
        foreach (var (id, former) in people.SelectMany(person => (person.Formerly?.Items ?? []).OfType<YamlScalar>().Select(former => (person.Id, former))))
        {
            if (!TryParseId(former.Text, out _))
            {
                problems.Add(former.Place, $"{Problems.Quote(former.Text)} can have been nobody's id", IdAllowed, "Write the id that the person had in this estate before.");
            }
            else if (!holders.TryAdd(former.Text, $"a former id of {Problems.Quote(id)}"))
            {
                problems.Add(former.Place, $"{Problems.Quote(former.Text)} is {holders[former.Text]}", "an id that nobody else has or had", "An id is one person's for good, or nobody could tell whose word stands under it: give the other one another id.");
            }
        }
    }

    private static Training Training(StrictMap map) => new(map.Parse<DateOnly>("passed", DateAllowed, TryParseDate, default), map.OptionalText("record"));

    private static Absence Absence(StrictMap map)
    {
        var from = map.Parse<DateOnly>("from", DateAllowed, TryParseDate, default);
        var to = map.Parse<DateOnly>("to", DateAllowed, TryParseDate, default);
        if (from != default && to != default && to < from)
        {
            map.Problems.Add(map.PlaceOf("to"), string.Create(CultureInfo.InvariantCulture, $"'to' is {to:yyyy-MM-dd}"), string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-dd} or later"), "An absence ends on or after the day it begins.");
        }

        return new Absence(from, to);
    }

    private static bool TryParseDate(string text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static bool TryParseId(string text, [MaybeNullWhen(false)] out string id)
    {
        id = IdPattern().IsMatch(text) && text is not (Program or Estates.Person.LocalOperatorId) ? text : null;
        return id is not null;
    }

    private static bool TryParseHash(string text, out string? hash)
    {
        hash = text.Length == 64 && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;
        return hash is not null;
    }

    [GeneratedRegex("^[a-z0-9]([-._@a-z0-9]{0,62}[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();
}
