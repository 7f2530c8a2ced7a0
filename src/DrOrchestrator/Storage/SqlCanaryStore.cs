using Dapper;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Markers in the database.</summary>
internal sealed class SqlCanaryStore(Database database, WriteGate gate) : ICanaryStore
{
    public Task<long> NewestNumberAsync(long run, string leg, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult(connection.ExecuteScalar<long?>("SELECT MAX(number) FROM canary_marker WHERE run = @run AND leg = @leg", new { run, leg }) ?? 0);
    }

    public Task SaveAsync(long run, string leg, Marker? settled, Marker? intended, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            if (settled is not null && scope.Connection.Execute(
                """
                UPDATE canary_marker SET fate = @Fate, answered_at = @AnsweredAt, position = @Position
                WHERE run = @Run AND leg = @Leg AND number = @Number AND fate = 'Sent'
                """,
                Row(run, leg, settled),
                scope.Transaction) == 0)
            {
                throw new InvalidOperationException($"Marker {settled.Number} of run {run}, leg '{leg}', does not wait for its fate: it was settled before, or never put on record.");
            }

            if (intended is not null)
            {
                scope.Connection.Execute(
                    """
                    INSERT INTO canary_marker (run, leg, number, sent_at, answered_at, fate, position)
                    VALUES (@Run, @Leg, @Number, @SentAt, @AnsweredAt, @Fate, @Position)
                    """,
                    Row(run, leg, intended),
                    scope.Transaction);
            }
        },
        cancellationToken);

    public Task<IReadOnlyList<Marker>> ReadAsync(long run, string leg, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        IReadOnlyList<Marker> markers =
        [
            .. connection.Query<(long Number, long SentAt, long? AnsweredAt, string Fate, long? Position)>(
                "SELECT number, sent_at, answered_at, fate, position FROM canary_marker WHERE run = @run AND leg = @leg ORDER BY number",
                new { run, leg })
                .Select(row => new Marker(
                    row.Number,
                    Micros.FromUnixMicros(row.SentAt),
                    row.AnsweredAt is { } answered ? Micros.FromUnixMicros(answered) : null,
                    Enum.Parse<MarkerFate>(row.Fate),
                    row.Position)),
        ];
        return Task.FromResult(markers);
    }

    private static object Row(long run, string leg, Marker marker) => new
    {
        Run = run,
        Leg = leg,
        marker.Number,
        SentAt = marker.SentAt.ToUnixMicros(),
        AnsweredAt = marker.AnsweredAt?.ToUnixMicros(),
        Fate = marker.Fate.ToString(),
        marker.Position,
    };
}
