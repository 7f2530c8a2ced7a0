using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Compliance;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Assessments, each word with its evidence in the same transaction.</summary>
internal sealed class SqlAssessments(Database database, WriteGate gate, ITransactionalEvidence evidence, ProcessClock clock) : IAssessments
{
    private const string Select =
        """
        SELECT id AS Id, system AS System, part AS Part, value AS Value, unaffected AS Unaffected, reason AS Reason, assessed_by AS AssessedBy, assessed_at AS AssessedAt,
               confirmed_by AS ConfirmedBy, confirmed_at AS ConfirmedAt
        FROM change_assessment
        """;

    public Task<IReadOnlyList<ChangeAssessment>> ReadAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult<IReadOnlyList<ChangeAssessment>>([.. connection.Query<Row>(Select + " ORDER BY id").Select(row => row.ToAssessment())]);
    }

    public Task<ChangeAssessment> AssessAsync(
        string system, string part, string value, bool unaffected, string reason, string person, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            var id = scope.Connection.ExecuteScalar<long>("SELECT COALESCE(MAX(id), 0) + 1 FROM change_assessment", transaction: scope.Transaction);
            var assessment = new ChangeAssessment(id, system, part, value, unaffected, reason, person, clock.Now, null, null);
            scope.Connection.Execute(
                """
                INSERT INTO change_assessment (id, system, part, value, unaffected, reason, assessed_by, assessed_at)
                VALUES (@id, @system, @part, @value, @flag, @reason, @person, @at)
                """,
                new { id, system, part, value, flag = unaffected ? 1L : 0L, reason, person, at = assessment.AssessedAt.ToUnixMicros() },
                scope.Transaction);
            evidence.AppendWithin(scope, new EvidenceDraft("change.assessed", person, null, system, Payload(assessment)));
            return assessment;
        },
        cancellationToken);

    public Task<ConfirmResult> ConfirmAsync(long id, string person, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            var known = scope.Connection.QuerySingleOrDefault<Row>(Select + " WHERE id = @id", new { id }, scope.Transaction)?.ToAssessment();
            var refusal = known switch
            {
                null => "no-such-assessment",
                { ConfirmedAt: not null } => "already-confirmed",
                _ when known.AssessedBy == person => "own-assessment",
                _ => null,
            };
            if (refusal is not null)
            {
                return new ConfirmResult(refusal, known);
            }

            var confirmed = known! with { ConfirmedBy = person, ConfirmedAt = clock.Now };
            scope.Connection.Execute(
                "UPDATE change_assessment SET confirmed_by = @person, confirmed_at = @at WHERE id = @id",
                new { id, person, at = confirmed.ConfirmedAt!.Value.ToUnixMicros() },
                scope.Transaction);
            evidence.AppendWithin(scope, new EvidenceDraft("change.confirmed", person, null, confirmed.System, Payload(confirmed)));
            return new ConfirmResult("confirmed", confirmed);
        },
        cancellationToken);

    private static JsonObject Payload(ChangeAssessment assessment) => new()
    {
        ["assessment"] = assessment.Id,
        ["part"] = assessment.Part,
        ["value"] = assessment.Value,
        ["unaffected"] = assessment.Unaffected,
        ["reason"] = assessment.Reason,
        ["assessedBy"] = assessment.AssessedBy,
        ["confirmedBy"] = assessment.ConfirmedBy,
    };

    /// <summary>A row as the database has it.</summary>
    private sealed class Row
    {
        public long Id { get; init; }

        public string System { get; init; } = "";

        public string Part { get; init; } = "";

        public string Value { get; init; } = "";

        public long Unaffected { get; init; }

        public string Reason { get; init; } = "";

        public string AssessedBy { get; init; } = "";

        public long AssessedAt { get; init; }

        public string? ConfirmedBy { get; init; }

        public long? ConfirmedAt { get; init; }

        public ChangeAssessment ToAssessment() => new(
            Id, System, Part, Value, Unaffected != 0, Reason, AssessedBy, Micros.FromUnixMicros(AssessedAt), ConfirmedBy, ConfirmedAt is { } at ? Micros.FromUnixMicros(at) : null);
    }
}
