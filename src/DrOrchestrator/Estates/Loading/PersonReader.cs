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

    private const string DateAllowed = "a date such as 2026-10-01";

    public static Person Person(StrictMap map)
    {
        var id = map.Parse<string>("id", "lower-case letters, digits and . _ @ -, up to 64 characters, not 'system' or 'operator'", TryParseId, "");
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
