using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.People;

/// <summary>Somebody who took part in a run: for the records of training and drills (7.2 d, 7.5 b).</summary>
/// <param name="Department">As the estate said at the end of the run; empty for somebody it did not know any more.</param>
/// <param name="Answers">How many questions the person answered; 0 for one who only asked for the run.</param>
public sealed record Participant(string Person, string Department, int Answers, bool Simulated);

/// <summary>Who took part in a run. Pure: whoever asked for it and whoever answered, as its journal has them.</summary>
internal static class Participation
{
    private const string Key = "participants";

    /// <summary>Goes into the closing record, with the departments of that day.</summary>
    public static JsonArray Of(DrillRun run, Estate estate) => new([.. run.Answers.Select(answer => answer.Person).Append(run.Requester).Where(person => person.Length > 0)
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal)
        .Select(person => new JsonObject
        {
            ["person"] = person,
            ["department"] = estate.FindPerson(person)?.Department ?? "",
            ["answers"] = run.Answers.Count(answer => answer.Person == person),
            ["simulated"] = run.Answers.FirstOrDefault(answer => answer.Person == person)?.Simulated ?? run.Opened.Flag("requesterSimulated"),
        })]);

    public static void Write(JsonObject closed, DrillRun run, Estate estate) => closed[Key] = Of(run, estate);

    /// <summary>From the closing record; empty while the run is open, and on records of before this was written.</summary>
    public static IReadOnlyList<Participant> Read(JsonObject? closed) => closed?[Key] is JsonArray people
        ? [.. people.OfType<JsonObject>().Select(one => new Participant(one.Text("person"), one.Text("department"), (int)(one.Number("answers") ?? 0), one.Flag("simulated")))]
        : [];
}
