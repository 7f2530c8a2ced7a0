using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Which subjects decided for which system, in the database.</summary>
internal sealed class SqlDecidingStore(WriteGate gate) : IDecidingStore
{
    private const string None = "none";

    private static readonly Dictionary<SubjectPart, string> Words = new()
    {
        [SubjectPart.Probe] = "probe",
        [SubjectPart.InterruptingFloor] = "interrupting-floor",
        [SubjectPart.DegradingFloor] = "degrading-floor",
    };

    private sealed record Row(string System, string Subject, string Part, long ChangedAt);

    public Task<IReadOnlyList<DecidingChange>> ChangeAsync(
        Func<IReadOnlyList<DecidingChange>, IReadOnlyList<DecidingChange>> decide, CancellationToken cancellationToken) => gate.WriteAsync<IReadOnlyList<DecidingChange>>(
        scope =>
        {
            List<DecidingChange> known =
            [
                .. scope.Connection.Query<Row>(
                    "SELECT system AS System, subject AS Subject, part AS Part, changed_at AS ChangedAt FROM deciding_change ORDER BY number", transaction: scope.Transaction)
                    .Select(row => new DecidingChange(row.System, row.Subject, PartOf(row.Part), Micros.FromUnixMicros(row.ChangedAt))),
            ];
            var added = decide(known);
            scope.Connection.Execute(
                "INSERT INTO deciding_change (number, system, subject, part, changed_at) VALUES (@Number, @System, @Subject, @Part, @At)",
                added.Select((change, i) => new
                {
                    Number = (long)known.Count + i + 1,
                    change.System,
                    change.Subject,
                    Part = change.Part is { } part ? Words[part] : None,
                    At = change.At.ToUnixMicros(),
                }).ToList(),
                scope.Transaction);
            return [.. known, .. added];
        },
        cancellationToken);

    private static SubjectPart? PartOf(string word) => word == None ? null : Words.First(part => part.Value == word).Key;
}
