using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability.Statements;

/// <summary>A statement on record.</summary>
/// <param name="Record">Sequence number of its evidence record.</param>
public sealed record PublishedStatement(long Record, JsonObject Statement);

/// <summary>Makes statements, puts them on record, and finds them again.</summary>
public sealed class StatementDesk(ISystemAvailability availability, EstateHolder estates, IEvidenceLog evidence, IEvidenceArchive archive, ProcessClock clock)
{
    /// <summary>Kind of the evidence record.</summary>
    public const string Kind = "availability.stated";

    /// <summary>Makes one; null where the estate has no such system.</summary>
    public async Task<JsonObject?> MakeAsync(string system, AvailabilityWindow window, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        return estate.FindSystem(system) is { } found && await availability.EvidenceAsync(system, window.From, window.To, cancellationToken).ConfigureAwait(false) is { } behind
            ? AvailabilityStatement.Make(behind, window, estate.TimeZone, found.Classify().Limits, clock.Now)
            : null;
    }

    /// <summary>Makes one and puts it on record, intervals and all.</summary>
    public async Task<PublishedStatement?> PublishAsync(string system, AvailabilityWindow window, Person by, CancellationToken cancellationToken)
    {
        if (await MakeAsync(system, window, cancellationToken).ConfigureAwait(false) is not { } statement)
        {
            return null;
        }

        var whole = await evidence.KeepObjectAsync(CanonicalJson.Serialize(statement), "application/json", cancellationToken).ConfigureAwait(false);
        var payload = new JsonObject { ["object"] = whole, ["simulated"] = by.Simulated };
        foreach (var (key, value) in statement.Where(property => property.Key != "intervals"))
        {
            payload[key] = value?.DeepClone();
        }

        var record = await evidence.AppendAsync(new EvidenceDraft(Kind, by.Id, null, system, payload), cancellationToken).ConfigureAwait(false);
        return new PublishedStatement(record, statement);
    }

    /// <summary>One that is on record, as it was; null where that record is no statement.</summary>
    public async Task<PublishedStatement?> FindAsync(long record, CancellationToken cancellationToken)
    {
        var found = (await evidence.ReadAsync(null, record, 1, cancellationToken).ConfigureAwait(false)).FirstOrDefault(one => one.Sequence == record && one.Kind == Kind);
        return found?.Payload["object"]?.GetValue<string>() is { } hash && await archive.ReadObjectAsync(hash, cancellationToken).ConfigureAwait(false) is { } bytes
            ? new PublishedStatement(record, JsonNode.Parse(bytes)!.AsObject())
            : null;
    }
}
