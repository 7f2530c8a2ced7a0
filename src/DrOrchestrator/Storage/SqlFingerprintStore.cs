using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Fingerprints over time, each change with its evidence.</summary>
internal sealed class SqlFingerprintStore(Database database, WriteGate gate, ITransactionalEvidence evidence) : IFingerprintStore
{
    public Task<IReadOnlyList<FingerprintRow>> ReadAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult<IReadOnlyList<FingerprintRow>>(
        [
            .. connection.Query<(string Plan, string Part, string Value, long SeenAt)>("SELECT plan, part, value, seen_at FROM fingerprint_part ORDER BY seen_at, plan, part")
                .Select(row => new FingerprintRow(row.Plan, row.Part, row.Value, Micros.FromUnixMicros(row.SeenAt))),
        ]);
    }

    public Task SaveAsync(IReadOnlyList<FingerprintRow> rows, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            foreach (var row in rows)
            {
                scope.Connection.Execute(
                    "INSERT INTO fingerprint_part (plan, part, value, seen_at) VALUES (@Plan, @Part, @Value, @at) ON CONFLICT DO NOTHING",
                    new { row.Plan, row.Part, row.Value, at = row.SeenAt.ToUnixMicros() },
                    scope.Transaction);
            }

            foreach (var plan in rows.GroupBy(row => row.Plan))
            {
                var parts = new JsonObject(plan.Select(row => KeyValuePair.Create<string, JsonNode?>(row.Part, row.Value)));
                evidence.AppendWithin(scope, new EvidenceDraft("fingerprint.changed", "system", null, null, new JsonObject { ["plan"] = plan.Key, ["parts"] = parts }));
            }
        },
        cancellationToken);
}
