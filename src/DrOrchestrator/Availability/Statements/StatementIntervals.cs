using System.Text.Json.Nodes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability.Statements;

/// <summary>
/// The intervals a statement is computed from, and their form in JSON (docs/availability.md): moments are whole microseconds since 1970-01-01T00:00:00Z, lists hold
/// rows in a fixed order of columns. Pure.
/// </summary>
internal sealed record StatementIntervals(IReadOnlyList<SubjectTimeline> Subjects, LedgerEntries Entries, SpanSet? Service)
{
    private static readonly Dictionary<SubjectPart, string> Parts = new()
    {
        [SubjectPart.Probe] = "probe",
        [SubjectPart.InterruptingFloor] = "interrupting-floor",
        [SubjectPart.DegradingFloor] = "degrading-floor",
    };

    private static readonly Dictionary<IntervalState, string> States = Enum.GetValues<IntervalState>().ToDictionary(state => state, state => state.ToString().ToLowerInvariant());

    public Downtime Between(DateTimeOffset from, DateTimeOffset to) => ServiceLedger.Of(Subjects, Entries).Between(from, to, Service);

    public static JsonObject Json(AvailabilityEvidence evidence) => new()
    {
        ["subjects"] = new JsonArray([.. evidence.Subjects.Select(Json)]),
        ["approved"] = new JsonArray([.. evidence.Approved.Select(entry => (JsonNode)new JsonArray(
            At(entry.Start), At(entry.End), entry.Number, entry.ChangeNumber, entry.Requested.By, entry.Approved!.By, At(entry.Approved.At)))]),
        ["outages"] = new JsonArray([.. evidence.Outages.Select(outage => (JsonNode)new JsonArray(
            At(outage.From), At(outage.To), outage.Number, outage.Source, outage.Recorded.By, At(outage.Recorded.At)))]),
        ["service"] = evidence.Service is null ? null : new JsonArray([.. evidence.Service.Select(span => (JsonNode)new JsonArray(At(span.From), At(span.To)))]),
    };

    /// <exception cref="FormatException">Something is not as the form has it.</exception>
    public static StatementIntervals Parse(JsonNode? node)
    {
        try
        {
            var json = node!.AsObject();
            return new StatementIntervals(
                [.. json["subjects"]!.AsArray().Select(subject => Subject(subject!.AsObject()))],
                new LedgerEntries(
                    [.. json["approved"]!.AsArray().Select(row => new ApprovedWindow(Moment(row![0]), Moment(row[1])))],
                    [.. json["outages"]!.AsArray().Select(row => new ReportedOutage(Moment(row![0]), Moment(row[1])))]),
                json["service"] is null ? null : SpanSet.Of(json["service"]!.AsArray().Select(row => (Moment(row![0]), Moment(row[1])))));
        }
        catch (Exception exception) when (exception is InvalidOperationException or NullReferenceException or ArgumentException or KeyNotFoundException or OverflowException)
        {
            throw new FormatException($"the intervals are not in the form of a statement: {exception.Message}", exception);
        }
    }

    private static JsonObject Json(SubjectTimeline subject) => new()
    {
        ["name"] = subject.Subject,
        ["part"] = Parts[subject.Part],
        ["deciding"] = subject.Deciding is { } deciding
            ? new JsonArray([.. deciding.Select(span => (JsonNode)new JsonArray(At(span.From), span.To == DateTimeOffset.MaxValue ? null : At(span.To)))])
            : null,
        ["observed"] = subject.Observed is { } seen ? new JsonArray(At(seen.Until), At(seen.LastGoodStartedAt), At(seen.LastFailedStartedAt)) : null,
        ["rows"] = new JsonArray([.. subject.Intervals.Select(row => (JsonNode)new JsonArray(
            States[row.State],
            At(row.Start.Earliest),
            At(row.Start.At),
            At(row.Start.Latest),
            At(row.End?.Earliest),
            At(row.End?.At),
            At(row.End?.Latest),
            row.Reason))]),
        ["contradicted"] = new JsonArray([.. subject.Blips.Select(blip => (JsonNode)new JsonArray(States[blip.Within], At(blip.From), At(blip.To)))]),
    };

    private static SubjectTimeline Subject(JsonObject json)
    {
        var name = json["name"]!.GetValue<string>();
        return new SubjectTimeline(
            name,
            [.. json["rows"]!.AsArray().Select(row => Row(name, row!.AsArray()))],
            [.. json["contradicted"]!.AsArray().Select(row => new Blip(name, State(row![0]), Moment(row[1]), Moment(row[2])))],
            json["observed"] is { } seen ? new ObservedUntil(name, Moment(seen[0]), Perhaps(seen[1]), Perhaps(seen[2])) : null)
        {
            Part = Parts.First(part => part.Value == json["part"]!.GetValue<string>()).Key,
            Deciding = json["deciding"] is { } deciding ? [.. deciding.AsArray().Select(row => (Moment(row![0]), Perhaps(row[1]) ?? DateTimeOffset.MaxValue))] : null,
        };
    }

    private static Interval Row(string name, JsonArray row) => new(
        name,
        State(row[0]),
        new Edge(Moment(row[1]), Moment(row[2]), Moment(row[3])),
        row[5] is null ? null : new Edge(Moment(row[4]), Moment(row[5]), Moment(row[6])),
        row[7]!.GetValue<string>());

    private static IntervalState State(JsonNode? word) => States.First(state => state.Value == word!.GetValue<string>()).Key;

    private static JsonValue At(DateTimeOffset moment) => JsonValue.Create(moment.ToUnixMicros());

    private static JsonValue? At(DateTimeOffset? moment) => moment is { } at ? At(at) : null;

    private static DateTimeOffset Moment(JsonNode? micros) => Micros.FromUnixMicros(micros!.GetValue<long>());

    private static DateTimeOffset? Perhaps(JsonNode? micros) => micros is null ? null : Moment(micros);
}
