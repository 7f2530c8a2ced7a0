using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Journals;

/// <summary>How the journal writes its data. Evidence carries the same objects, so these names are part of the evidence format.</summary>
internal static class JournalJson
{
    /// <summary>Of an answer: what a promotion would have lost at its moment.</summary>
    public const string Lost = "lostIfPromotedNow";

    public static string Text(this JsonObject data, string name) => data.OptionalText(name) ?? "";

    public static string? OptionalText(this JsonObject data, string name) =>
        data[name] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            { } node => node.ToJsonString(),
        };

    public static double? Number(this JsonObject data, string name) =>
        data.OptionalText(name) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool Flag(this JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static DateTimeOffset? Moment(this JsonObject data, string name) =>
        data.OptionalText(name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment) ? moment : null;

    public static IReadOnlyList<string> Texts(this JsonObject data, string name) => data[name] is JsonArray array ? [.. array.Select(item => item!.GetValue<string>())] : [];

    public static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    /// <summary>What a person says, with who that was: roles, and the token with everybody who has had a hand in it.</summary>
    public static JsonObject By(Person person, JsonObject data)
    {
        data["roles"] = Array(person.Roles.Select(Roles.Word));
        data["simulated"] = person.Simulated;
        // Also where there are none: a line without them is of before they were kept.
        data["tokenMakers"] = Array(person.TokenMakers);
        if (person.TokenId is { } token)
        {
            data["token"] = token;
            if (!person.TokenMakersKnown)
            {
                data["tokenMakersKnown"] = false;
            }
        }

        return data;
    }

    public static JsonObject Gate(GateResult result) => new()
    {
        ["check"] = result.Check,
        ["passed"] = result.Passed,
        ["value"] = result.Value,
        ["limit"] = result.Limit,
        ["source"] = result.Source,
        ["ageSeconds"] = Math.Round(result.Age.TotalSeconds, 6),
        ["remedy"] = result.Remedy,
    };

    public static GateResult Gate(JsonObject data) => new(
        data.Text("check"),
        data.Flag("passed"),
        data.Text("value"),
        data.Text("limit"),
        data.Text("source"),
        TimeSpan.FromSeconds(data.Number("ageSeconds") ?? 0),
        data.Text("remedy"));

    public static JsonObject Question(string kind, string item, string role, int quorum, string text, DateTimeOffset? deadline, IReadOnlyList<string> pointsOfNoReturn) => new()
    {
        ["kind"] = kind,
        ["item"] = item,
        ["role"] = role,
        ["quorum"] = quorum,
        ["text"] = text,
        ["deadline"] = deadline?.ToRfc3339(),
        ["pointsOfNoReturn"] = Array(pointsOfNoReturn),
    };

    /// <param name="owner">Who is waited for, with the department.</param>
    public static JsonObject Question(QuestionDraft draft, (string Owner, string Department)? owner, DateTimeOffset now)
    {
        var data = Question(draft.Kind, draft.Item, draft.Role, draft.Quorum, draft.Text, now + draft.Within, draft.PointsOfNoReturn);
        if (owner is var (who, department))
        {
            data["owner"] = who;
            data["department"] = department;
        }

        if (draft.Due is { } due)
        {
            data["due"] = (now + due).ToRfc3339();
        }

        if (draft.Subject is { } subject)
        {
            data["subject"] = subject;
        }

        if (draft.Found is { } found)
        {
            data["found"] = found;
        }

        if (draft.Attachment is { } attachment)
        {
            data["attachment"] = attachment;
        }

        return data;
    }

    public static Question Question(JournalEntry entry) => new(
        entry.Data.Text("kind"),
        entry.Data.Text("item"),
        entry.Step,
        entry.Data.Text("role"),
        (int)(entry.Data.Number("quorum") ?? 1),
        entry.Data.Text("text"),
        entry.At,
        entry.Data.Moment("deadline"),
        entry.Data.Texts("pointsOfNoReturn"))
    {
        Owner = entry.Data.OptionalText("owner"),
        Department = entry.Data.OptionalText("department"),
        Due = entry.Data.Moment("due"),
        Attachment = entry.Data.OptionalText("attachment"),
        Subject = entry.Data.OptionalText("subject"),
        Found = entry.Data.OptionalText("found"),
    };

    /// <param name="opened">The opening line of its run.</param>
    public static GivenAnswer Answer(JournalEntry entry, JsonObject opened) =>
        new(entry.Data.Text("item"), entry.Actor, entry.Data.Flag("confirmed"), entry.Data.OptionalText("note"), entry.At, entry.Data.Flag("simulated"))
        {
            Sequence = entry.Sequence,
            TokenMakers = MakersOf(entry, opened),
            Token = (long?)entry.Data.Number("token"),
            Shared = SharedHands.Read(entry.Data),
            Settles = entry.Data["settles"] is null ? null : entry.Data.Flag("settles"),
            Attachment = (entry.Data["objects"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault() is { } kept
                ? new KeptAttachment(kept.Text("name"), kept.Text("mediaType"), kept.Text("object"))
                : null,
        };

    /// <summary>
    /// Who had a hand in the token with which a person said this; null where nobody knows, because that was not kept then. Since runs say it of whoever asked for them, every word with a
    /// token of the store has them; one without was given by a hash that stands in the estate, which is nobody else's.
    /// </summary>
    /// <param name="opened">The opening line of the run.</param>
    public static IReadOnlyList<string>? MakersOf(JournalEntry entry, JsonObject opened) =>
        entry.Data["tokenMakers"] is JsonArray || (opened.ContainsKey(Hands.RequesterMakers) && !entry.Data.ContainsKey("token")) ? entry.Data.Texts("tokenMakers") : null;

    /// <summary>A duty closed by word: as an answer, to the question of that name.</summary>
    public static GivenAnswer Settling(JournalEntry entry, JsonObject opened) => Answer(entry, opened) with { Item = $"settle:{entry.Data.Text("fence")}", Confirmed = true, Note = entry.Data.OptionalText("reason") };

    public static OverrideReview Review(JournalEntry entry) => new(entry.Actor, entry.Data.Text("reason"), entry.At, entry.Data.Flag("simulated"));

    public static string Word(RunMode mode) => mode.ToString().ToLowerInvariant();

    public static string Word(DrillKind kind) => kind switch
    {
        DrillKind.ComponentSwitch => "component-switch",
        DrillKind.TestFailover => "test-failover",
        _ => kind.ToString().ToLowerInvariant(),
    };

    public static string Word(RtoMark mark) => char.ToLowerInvariant(mark.ToString()[0]) + mark.ToString()[1..];
}
